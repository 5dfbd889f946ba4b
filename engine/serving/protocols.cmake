# SPDX-License-Identifier: GPL-3.0-or-later
# lipsync_serving_protocols: the code that protoc makes of protocol/*.proto, without our warning flags, and that of the
# Open Inference Protocol, whose client is a worker.
set(serving_protocol_dir ${CMAKE_CURRENT_BINARY_DIR}/protocol)
set(serving_protocol_code)
foreach(protocol lipsync optimized_lipsyncsrv)
  set(code)
  foreach(kind pb grpc.pb)
    list(APPEND code ${serving_protocol_dir}/${protocol}.${kind}.cc ${serving_protocol_dir}/${protocol}.${kind}.h)
  endforeach()
  add_custom_command(OUTPUT ${code}
    COMMAND ${CMAKE_COMMAND} -E make_directory ${serving_protocol_dir}
    COMMAND ${LIPSYNC_PROTOC} --cpp_out=${serving_protocol_dir} --grpc_out=${serving_protocol_dir}
      --plugin=protoc-gen-grpc=${LIPSYNC_GRPC_PLUGIN} -I ${CMAKE_CURRENT_SOURCE_DIR}/protocol ${protocol}.proto
    DEPENDS protocol/${protocol}.proto VERBATIM)
  list(APPEND serving_protocol_code ${code})
endforeach()

add_library(lipsync_serving_protocols STATIC ${serving_protocol_code})
target_include_directories(lipsync_serving_protocols SYSTEM PUBLIC ${serving_protocol_dir})
target_link_libraries(lipsync_serving_protocols PUBLIC lipsync_open_inference PkgConfig::PROTOBUF PkgConfig::GRPC)
