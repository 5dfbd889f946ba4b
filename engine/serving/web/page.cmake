# SPDX-License-Identifier: GPL-3.0-or-later
# web_page_source: resources/web/player.html as C++, made anew when it changes.
set(web_page ${CMAKE_SOURCE_DIR}/resources/web/player.html)
set(web_page_source ${CMAKE_CURRENT_BINARY_DIR}/web_page.cpp)
add_custom_command(OUTPUT ${web_page_source}
  COMMAND ${CMAKE_COMMAND} -D PAGE=${web_page} -D SOURCE=${web_page_source} -P ${CMAKE_CURRENT_SOURCE_DIR}/web/embed_page.cmake
  DEPENDS ${web_page} web/embed_page.cmake VERBATIM)
