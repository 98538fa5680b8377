# Headers that are compiled once for all targets that share them: half of the time that a build takes without.
#
#   syspulse_precompiled(TARGET common|grpc|test|grpc_test)   by what most sources of TARGET include anyway
#
# Sources include what they use all the same: builds that look for mistakes go without precompiled headers.
set(COMMON_HEADERS
    <algorithm> <array> <atomic> <bit> <chrono> <cmath> <condition_variable> <cstdint> <cstring> <deque> <functional>
    <limits> <map> <memory> <mutex> <optional> <set> <span> <stop_token> <string> <string_view> <thread>
    <unordered_map> <utility> <variant> <vector>
    <absl/status/status.h> <absl/status/statusor.h> <absl/strings/str_format.h> <absl/time/time.h>)
# With the messages of the API: to read those takes nearly as long as all the rest of such a source.
set(GRPC_HEADERS
    <google/protobuf/message.h> <google/protobuf/util/json_util.h> <grpcpp/grpcpp.h>
    <syspulse/v1/host_service.pb.h> <syspulse/v1/ingest_service.pb.h> <syspulse/v1/live_service.pb.h>
    <syspulse/v1/metrics_service.pb.h> <syspulse/v1/process_service.pb.h> <syspulse/v1/query_service.pb.h>)
set(TEST_HEADERS <gmock/gmock.h> <gtest/gtest.h>)

# syspulse_headers(NAME "OPTIONS" "LIBRARIES" HEADER…): what the others of that name share, who have the same options and
# libraries beside their own.
function(syspulse_headers NAME OPTIONS LIBRARIES)
  file(GENERATE OUTPUT ${CMAKE_BINARY_DIR}/generated/${NAME}_headers.cc CONTENT "// Owns precompiled headers.\n")
  add_library(syspulse_${NAME}_headers OBJECT ${CMAKE_BINARY_DIR}/generated/${NAME}_headers.cc)
  # gcc accepts precompiled headers only where -Wpedantic is the same as it was for them.
  target_compile_options(syspulse_${NAME}_headers PRIVATE -Wpedantic -w ${OPTIONS})
  target_link_libraries(syspulse_${NAME}_headers PRIVATE ${LIBRARIES})
  target_precompile_headers(syspulse_${NAME}_headers PRIVATE ${ARGN})
endfunction()

function(syspulse_precompiled TARGET NAME)
  if(TARGET syspulse_${NAME}_headers)
    target_precompile_headers(${TARGET} REUSE_FROM syspulse_${NAME}_headers)
  endif()
endfunction()

if(NOT SYSPULSE_SANITIZE STREQUAL "fuzz")
  syspulse_headers(common "" "" ${COMMON_HEADERS})
  syspulse_headers(grpc "" syspulse_proto ${COMMON_HEADERS} ${GRPC_HEADERS})
  if(SYSPULSE_TESTS)
    syspulse_headers(test "${SYSPULSE_TEST_OPTIONS}" GTest::gmock ${COMMON_HEADERS} ${TEST_HEADERS})
    syspulse_headers(grpc_test "${SYSPULSE_TEST_OPTIONS}" "syspulse_proto;GTest::gmock" ${COMMON_HEADERS} ${GRPC_HEADERS} ${TEST_HEADERS})
  endif()
endif()
