# SPDX-License-Identifier: GPL-3.0-or-later
# How every target of the project is compiled, and the functions that declare rooms, tests and programs.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release)
endif()

find_program(LIPSYNC_CCACHE ccache)
if(LIPSYNC_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${LIPSYNC_CCACHE})
endif()

set(LIPSYNC_TORCH "" CACHE STRING "Which LibTorch packaging/setup chose: debian, cuda or a folder")
find_package(Threads REQUIRED)
# LibTorch's CUDA builds otherwise ask the GPU of the building machine, which may have none.
if(NOT DEFINED TORCH_CUDA_ARCH_LIST AND NOT DEFINED ENV{TORCH_CUDA_ARCH_LIST})
  set(TORCH_CUDA_ARCH_LIST "8.0;9.0+PTX")
endif()
find_package(Torch REQUIRED)
if(NOT TORCH_INSTALL_PREFIX MATCHES "^/(usr)?$")
  # Beside LibTorch a wheel brings an old protoc and headers of libraries that it has inside: not ours.
  list(APPEND CMAKE_IGNORE_PREFIX_PATH ${TORCH_INSTALL_PREFIX})
elseif(NOT LIPSYNC_CORE_ONLY)
  # A system's LibTorch computes with the system's oneDNN, which we then may as well. A wheel has one of its own inside,
  # whose symbols another one would meet.
  find_package(dnnl CONFIG QUIET)
  find_package(OpenMP QUIET COMPONENTS CXX)
  if(dnnl_FOUND AND OpenMP_CXX_FOUND)
    set(LIPSYNC_ONEDNN ON)
  endif()
endif()
if(NOT LIPSYNC_CORE_ONLY)
  find_package(PkgConfig REQUIRED)
  find_package(OpenCV REQUIRED COMPONENTS core imgproc imgcodecs)
  pkg_check_modules(FFMPEG REQUIRED IMPORTED_TARGET
    libavformat libavcodec libavfilter libavutil libswscale libswresample)
  pkg_check_modules(LIBZIP REQUIRED IMPORTED_TARGET libzip)
  find_package(Boost REQUIRED) # headers alone
  find_package(CLI11 REQUIRED)
  find_package(spdlog REQUIRED)
  pkg_check_modules(ESPEAK IMPORTED_TARGET espeak-ng)
  # Not find_package(Protobuf): LibTorch's wheels define targets of its names that stand for nothing.
  pkg_check_modules(PROTOBUF REQUIRED IMPORTED_TARGET protobuf)
  pkg_check_modules(GRPC REQUIRED IMPORTED_TARGET grpc++)
  find_library(LIPSYNC_GRPC_REFLECTION grpc++_reflection REQUIRED)
  find_program(LIPSYNC_PROTOC protoc REQUIRED)
  find_program(LIPSYNC_GRPC_PLUGIN grpc_cpp_plugin REQUIRED)
endif()
if(LIPSYNC_CORE_ONLY)
  include(LipSyncBareHeaders)
else()
  find_package(fmt REQUIRED)
  find_package(tl-expected REQUIRED)
  find_package(nlohmann_json REQUIRED)
endif()

# Flags and include root shared by every target.
add_library(lipsync_build INTERFACE)
target_include_directories(lipsync_build INTERFACE ${CMAKE_SOURCE_DIR}/engine)
target_link_libraries(lipsync_build INTERFACE fmt::fmt tl::expected)
target_compile_definitions(lipsync_build INTERFACE QT_NO_KEYWORDS
  LIPSYNC_VERSION="${PROJECT_VERSION}")
target_compile_options(lipsync_build INTERFACE -Wall -Wextra -Wno-psabi)
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # g++ 12 sees std::string overlap and overrun where it does not (GCC bugs 105329 and 105651).
  target_compile_options(lipsync_build INTERFACE -Wno-restrict -Wno-array-bounds -Wno-stringop-overflow
    -Wno-stringop-overread)
endif()
if(LIPSYNC_WARNINGS_AS_ERRORS)
  # It also sees parts of a moved std::optional or std::variant that nobody set.
  target_compile_options(lipsync_build INTERFACE -Werror -Wno-error=maybe-uninitialized)
endif()
if(LIPSYNC_CORE_ONLY AND TORCH_CXX_FLAGS)
  # Older wheels have the std::string of before C++11: whatever is linked with them needs the same.
  separate_arguments(torch_flags UNIX_COMMAND "${TORCH_CXX_FLAGS}")
  target_compile_options(lipsync_build INTERFACE ${torch_flags})
endif()
if(LIPSYNC_SANITIZE)
  # What the sanitizers add makes the compiler guess wrong about uninitialised values everywhere.
  target_compile_options(lipsync_build INTERFACE -fsanitize=${LIPSYNC_SANITIZE} -fno-omit-frame-pointer
    -Wno-maybe-uninitialized)
  if(LIPSYNC_SANITIZE MATCHES undefined)
    # Checks before nearly every access, which take half of the compiler's time: the address sanitizer sees a null or an
    # overrun by itself.
    target_compile_options(lipsync_build INTERFACE -fno-sanitize=null,alignment,object-size,vptr)
  endif()
  target_link_options(lipsync_build INTERFACE -fsanitize=${LIPSYNC_SANITIZE})
else()
  # LibTorch's wheels export an old std::filesystem of their own, whose remove_all() crashes; what is named first is
  # found first. (A sanitizer's library has to be the first itself.)
  target_link_options(lipsync_build INTERFACE "SHELL:-Wl,--push-state,--no-as-needed -lstdc++ -Wl,--pop-state")
endif()

# LibTorch with its headers as system headers, so that our warnings stay ours.
add_library(lipsync_torch INTERFACE)
target_link_libraries(lipsync_torch INTERFACE ${TORCH_LIBRARIES})
foreach(dir IN LISTS TORCH_INCLUDE_DIRS)
  target_include_directories(lipsync_torch SYSTEM INTERFACE ${dir})
  # Wheels bring headers of an fmt of their own, whose library they do not have.
  if(EXISTS ${dir}/fmt/format.h AND NOT dir STREQUAL /usr/include)
    target_compile_definitions(lipsync_torch INTERFACE FMT_HEADER_ONLY)
  endif()
endforeach()

# What most sources include, compiled once for all rooms: it halves the time of a build.
set(LIPSYNC_COMMON_HEADERS <algorithm> <array> <atomic> <chrono> <cmath> <condition_variable> <deque> <filesystem>
  <fstream> <functional> <map> <memory> <mutex> <optional> <random> <set> <span> <string> <string_view> <thread>
  <unordered_map> <utility> <vector> <fmt/format.h> <tl/expected.hpp>)
set(LIPSYNC_EMPTY_SOURCE ${CMAKE_BINARY_DIR}/empty.cpp)
file(CONFIGURE OUTPUT ${LIPSYNC_EMPTY_SOURCE} CONTENT "")
add_library(lipsync_common_headers OBJECT ${LIPSYNC_EMPTY_SOURCE})
target_link_libraries(lipsync_common_headers PRIVATE lipsync_build)
target_precompile_headers(lipsync_common_headers PRIVATE ${LIPSYNC_COMMON_HEADERS})

# The same for the sources that know LibTorch, whose headers are fifty times as long.
add_library(lipsync_torch_headers OBJECT ${LIPSYNC_EMPTY_SOURCE})
target_link_libraries(lipsync_torch_headers PRIVATE lipsync_build lipsync_torch)
target_precompile_headers(lipsync_torch_headers PRIVATE ${LIPSYNC_COMMON_HEADERS} <torch/torch.h>)

# lipsync_room(NAME SOURCES ... [TORCH_SOURCES ...] [PUBLIC ...] [PRIVATE ...]): one static library of the engine,
# lipsync_NAME. TORCH_SOURCES are those that include LibTorch's headers.
function(lipsync_room name)
  cmake_parse_arguments(ROOM "" "" "SOURCES;TORCH_SOURCES;PUBLIC;PRIVATE" ${ARGN})
  add_library(lipsync_${name} STATIC ${ROOM_SOURCES})
  target_link_libraries(lipsync_${name} PUBLIC lipsync_build ${ROOM_PUBLIC} PRIVATE ${ROOM_PRIVATE})
  target_precompile_headers(lipsync_${name} REUSE_FROM lipsync_common_headers)
  if(ROOM_TORCH_SOURCES)
    add_library(lipsync_${name}_torch OBJECT ${ROOM_TORCH_SOURCES})
    target_link_libraries(lipsync_${name}_torch PRIVATE lipsync_build ${ROOM_PUBLIC} ${ROOM_PRIVATE} lipsync_torch)
    target_precompile_headers(lipsync_${name}_torch REUSE_FROM lipsync_torch_headers)
    # Ten seconds of each such source's sixteen go into what every one of them instantiates of LibTorch.
    set_target_properties(lipsync_${name}_torch PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 12)
    target_compile_options(lipsync_${name}_torch PRIVATE -Wno-subobject-linkage) # g++ takes a source for a header there
    target_sources(lipsync_${name} PRIVATE $<TARGET_OBJECTS:lipsync_${name}_torch>)
    target_link_libraries(lipsync_${name} PRIVATE $<LINK_ONLY:lipsync_torch>)
  endif()
endfunction()

# lipsync_test(NAME SOURCES ... LINK ... [TIMEOUT s] [LABELS ...] [ALONE]): one Qt Test binary of one or more test
# classes, registered with ctest under NAME. It runs offscreen and may use LIPSYNC_SOURCE_DIR to find resources; ALONE
# when it measures time, with no other test beside it.
# Labels: "threads", threads without LibTorch, for the thread sanitizer (target threads_tests builds them); "long", a
# minute or more, or in need of the programs, which the other sanitizers leave out (target short_tests builds the rest).
function(lipsync_test name)
  cmake_parse_arguments(TEST "ALONE" "TIMEOUT" "SOURCES;LINK;LABELS" ${ARGN})
  add_executable(${name} ${TEST_SOURCES})
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin/tests)
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR}/tests ${CMAKE_SOURCE_DIR} ${CMAKE_CURRENT_BINARY_DIR})
  target_link_libraries(${name} PRIVATE lipsync_build lipsync_qt_test ${TEST_LINK})
  target_compile_options(${name} PRIVATE $<$<CONFIG:Release>:-O1>) # compiled more often than run
  if(TEST_LINK MATCHES "lipsync_ui")
    target_precompile_headers(${name} REUSE_FROM lipsync_ui_test_headers)
  elseif(TEST_LINK MATCHES "lipsync_torch")
    target_precompile_headers(${name} REUSE_FROM lipsync_torch_headers)
  else()
    target_precompile_headers(${name} REUSE_FROM lipsync_test_headers)
  endif()
  # Test classes end with #include "NAME.moc". Asking moc for these alone costs a tenth of what AUTOMOC does.
  foreach(source IN LISTS TEST_SOURCES)
    get_filename_component(stem ${source} NAME_WE)
    file(STRINGS ${source} moc REGEX "^#include \"${stem}.moc\"")
    if(moc)
      qt_generate_moc(${source} ${stem}.moc)
      target_sources(${name} PRIVATE ${CMAKE_CURRENT_BINARY_DIR}/${stem}.moc)
    endif()
  endforeach()
  target_compile_definitions(${name} PRIVATE
    LIPSYNC_SOURCE_DIR="${CMAKE_SOURCE_DIR}"
    LIPSYNC_BINARY_DIR="${CMAKE_BINARY_DIR}/bin")
  set(prefix)
  if(LIPSYNC_SANITIZE MATCHES thread)
    set(prefix setarch -R) # g++ 12's thread sanitizer does not know today's random memory layouts
  endif()
  add_test(NAME ${name} COMMAND ${prefix} $<TARGET_FILE:${name}>)
  if(NOT TEST_TIMEOUT)
    set(TEST_TIMEOUT 120)
  endif()
  if("threads" IN_LIST TEST_LABELS)
    add_dependencies(threads_tests ${name})
  endif()
  if(NOT "long" IN_LIST TEST_LABELS)
    add_dependencies(short_tests ${name})
  endif()
  # What a person keeps in the configuration folder neither changes a test nor is changed by it. OpenMP's threads spin
  # where they wait for each other, which makes a network many times slower on a loaded machine.
  set(configuration ${CMAKE_BINARY_DIR}/test-configuration/${name})
  set_tests_properties(${name} PROPERTIES TIMEOUT ${TEST_TIMEOUT} LABELS "${TEST_LABELS}" RUN_SERIAL ${TEST_ALONE}
    ENVIRONMENT "QT_QPA_PLATFORM=offscreen;XDG_CONFIG_HOME=${configuration};OMP_WAIT_POLICY=passive;TSAN_OPTIONS=suppressions=${CMAKE_SOURCE_DIR}/packaging/cmake/thread-sanitizer.supp")
endfunction()
