# SPDX-License-Identifier: GPL-3.0-or-later
# A bare GPU machine's fmt, tl::expected and nlohmann::json: their headers alone are enough, wherever they are: the
# distribution's, those that a PyTorch wheel brings along, or a folder's in the variable CMAKE_INCLUDE_PATH.
# fmt goes without its library, whose std::string may be another than LibTorch's.
foreach(entry "fmt::fmt fmt/format.h" "tl::expected tl/expected.hpp" "nlohmann_json::nlohmann_json nlohmann/json.hpp")
  separate_arguments(entry)
  list(GET entry 0 target)
  list(GET entry 1 header)
  string(MAKE_C_IDENTIFIER "LIPSYNC_FOLDER_OF_${header}" folder)
  find_path(${folder} ${header} PATHS ${TORCH_INCLUDE_DIRS} REQUIRED)
  add_library(${target} INTERFACE IMPORTED)
  target_include_directories(${target} INTERFACE ${${folder}})
endforeach()
target_compile_definitions(fmt::fmt INTERFACE FMT_HEADER_ONLY)
