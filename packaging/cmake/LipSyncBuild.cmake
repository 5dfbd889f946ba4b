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
target_compile_definitions(lipsync_build INTERFACE QT_NO_KEYWORDS
  LIPSYNC_VERSION="${PROJECT_VERSION}")
target_compile_options(lipsync_build INTERFACE -Wall -Wextra -Wno-psabi)
if(LIPSYNC_WARNINGS_AS_ERRORS)
  # g++ 12 sees overlap in std::string that is not there (GCC bug 105329), and parts of a moved std::optional or
  # std::variant that nobody set.
  target_compile_options(lipsync_build INTERFACE -Werror -Wno-error=restrict -Wno-error=maybe-uninitialized)
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

# lipsync_room(NAME SOURCES ... [PUBLIC ...] [PRIVATE ...]): one static library of the engine, lipsync_NAME.
function(lipsync_room name)
  cmake_parse_arguments(ROOM "" "" "SOURCES;PUBLIC;PRIVATE" ${ARGN})
  add_library(lipsync_${name} STATIC ${ROOM_SOURCES})
  target_link_libraries(lipsync_${name} PUBLIC lipsync_build ${ROOM_PUBLIC} PRIVATE ${ROOM_PRIVATE})
endfunction()

# lipsync_test(NAME SOURCES ... LINK ... [TIMEOUT s] [LABELS ...] [ALONE]): one Qt Test binary of one or more test
# classes, registered with ctest under NAME. It runs offscreen and may use LIPSYNC_SOURCE_DIR to find resources; ALONE
# when it measures time, with no other test beside it.
# Labels: "threads", threads without LibTorch, for the thread sanitizer (target threads_tests builds them); "long", a
# minute or more, or in need of the programs, which the other sanitizers leave out (target short_tests builds the rest).
function(lipsync_test name)
  cmake_parse_arguments(TEST "ALONE" "TIMEOUT" "SOURCES;LINK;LABELS" ${ARGN})
  add_executable(${name} ${TEST_SOURCES})
  set_target_properties(${name} PROPERTIES AUTOMOC ON
    RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin/tests)
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR}/tests ${CMAKE_SOURCE_DIR})
  target_link_libraries(${name} PRIVATE lipsync_build Qt6::Test ${TEST_LINK})
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
