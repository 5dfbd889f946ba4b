# SPDX-License-Identifier: GPL-3.0-or-later
# lipsync_worker_protocol and lipsync_open_inference: the code that protoc makes of worker_protocol.proto and
# open_inference.proto, without our warning flags. The second one is the server's too.
set(protocol_dir ${CMAKE_CURRENT_BINARY_DIR}/protocol)
foreach(protocol worker_protocol open_inference)
  set(protocol_code)
  foreach(kind pb grpc.pb)
    list(APPEND protocol_code ${protocol_dir}/${protocol}.${kind}.cc ${protocol_dir}/${protocol}.${kind}.h)
  endforeach()
  add_custom_command(OUTPUT ${protocol_code}
    COMMAND ${CMAKE_COMMAND} -E make_directory ${protocol_dir}
    COMMAND ${LIPSYNC_PROTOC} --cpp_out=${protocol_dir} --grpc_out=${protocol_dir}
      --plugin=protoc-gen-grpc=${LIPSYNC_GRPC_PLUGIN} -I ${CMAKE_CURRENT_SOURCE_DIR} ${protocol}.proto
    DEPENDS ${protocol}.proto VERBATIM)
  add_library(lipsync_${protocol} STATIC ${protocol_code})
  target_include_directories(lipsync_${protocol} SYSTEM PUBLIC ${protocol_dir})
  target_link_libraries(lipsync_${protocol} PUBLIC PkgConfig::PROTOBUF PkgConfig::GRPC)
endforeach()
