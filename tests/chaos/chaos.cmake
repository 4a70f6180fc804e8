# The program that kills and disturbs, the processes that it does it to, and
# tests of what it finds. tests/chaos/run starts it.

find_package(CLI11 REQUIRED)

set(chaos "${CMAKE_CURRENT_SOURCE_DIR}/chaos")
set(chaos_programs "${CMAKE_CURRENT_BINARY_DIR}/chaos")

function(inbox_chaos_executable target)
  add_executable(${target} ${ARGN})
  inbox_compiler_settings(${target})
  target_link_libraries(${target} PRIVATE caf-inbox::nodes Threads::Threads)
  set_target_properties(${target} PROPERTIES RUNTIME_OUTPUT_DIRECTORY
                                             "${chaos_programs}")
endfunction()

# What the processes and the checker agree on.
set(workload_sources
    "${chaos}/bank.cpp" "${chaos}/bank_workload.cpp" "${chaos}/history.cpp"
    "${chaos}/ledger.cpp" "${chaos}/own_connection.cpp"
    "${chaos}/workload.cpp")

inbox_chaos_executable(
  chaos
  "${chaos}/main.cpp"
  "${chaos}/bank_checker.cpp"
  "${chaos}/bank_database.cpp"
  "${chaos}/checker.cpp"
  "${chaos}/database.cpp"
  "${chaos}/faults.cpp"
  "${chaos}/postgres_database.cpp"
  "${chaos}/process.cpp"
  "${chaos}/sqlite_database.cpp"
  support/relay.cpp
  ${workload_sources})
target_link_libraries(chaos PRIVATE CLI11::CLI11)

set(worker_sources "${chaos}/worker.cpp" "${chaos}/remote_handlers.cpp"
                   ${workload_sources})
inbox_chaos_executable(chaos_worker ${worker_sources})

# The sources that have the fence are compiled once more, without it. What they
# define is not taken from the library then, since it is there already.
inbox_chaos_executable(
  chaos_worker_without_fence ${worker_sources}
  "${PROJECT_SOURCE_DIR}/storage/postgres/settle_text.cpp"
  "${PROJECT_SOURCE_DIR}/storage/sqlite/statements.cpp")
target_compile_definitions(chaos_worker_without_fence
                           PRIVATE INBOX_WITHOUT_FENCE)

inbox_test_executable(
  test_chaos
  "${chaos}/bank.cpp"
  "${chaos}/bank_checker.cpp"
  "${chaos}/bank_checker.test.cpp"
  "${chaos}/checker.cpp"
  "${chaos}/checker.test.cpp"
  support/test_main.cpp)
target_link_libraries(test_chaos PRIVATE inbox_messages)
foreach(name bank_checker checker)
  set_property(SOURCE "${chaos}/${name}.test.cpp" APPEND
               PROPERTY COMPILE_DEFINITIONS CAF_SUITE=chaos.${name})
  inbox_add_suite(chaos.${name} test_chaos "chaos\\.${name}" chaos)
endforeach()

# Short runs. Those without the fence have to find something: mostly pauses,
# since it is the fence that a process meets which wakes up after its lease.
foreach(store sqlite postgres)
  add_test(NAME chaos.${store}
           COMMAND "${chaos}/start.sh" "${chaos_programs}" --store ${store}
                   --kills 10 --seed 3)
  add_test(NAME chaos.${store}_without_fence
           COMMAND "${chaos}/start.sh" "${chaos_programs}" --store ${store}
                   --kills 5 --stalls 100 --outages 0 --without-fence)
  set_tests_properties(
    chaos.${store}_without_fence
    PROPERTIES PASS_REGULAR_EXPRESSION
               "acknowledged [1-9].*settled twice [1-9].* trapped 0")
  add_test(NAME chaos.bank.${store}
           COMMAND "${chaos}/start.sh" "${chaos_programs}" --store ${store}
                   --workload bank --kills 5 --seed 4)
  set_tests_properties(
    chaos.${store} chaos.${store}_without_fence chaos.bank.${store}
    PROPERTIES LABELS chaos TIMEOUT 330 SKIP_RETURN_CODE 77
               RESOURCE_LOCK postgres_server)
endforeach()

# Handlers that commit by themselves have to be found out: killed in between,
# they do it once more. Of 10 kills it can be that none falls there.
add_test(NAME chaos.bank.sqlite_separate
         COMMAND "${chaos}/start.sh" "${chaos_programs}" --store sqlite
                 --workload bank --separate --kills 30 --outages 0)
set_tests_properties(
  chaos.bank.sqlite_separate
  PROPERTIES PASS_REGULAR_EXPRESSION
             "applied [1-9].* twice [1-9].*, wrong balances [1-9]" LABELS chaos
             TIMEOUT 330 RESOURCE_LOCK postgres_server)
