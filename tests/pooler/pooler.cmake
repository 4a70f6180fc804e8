# Suites whose stores reach their server through PgBouncer. Not here: what looks
# at the sessions of the server, or goes over a network of its own to it.
set(flow callbacks|crash|deadlines|failures|messages|own_actors|poison|pooler)
string(APPEND flow "|published|reference|remote_handler|two_processes|wake_up")
string(APPEND flow "|write_to_done")

function(inbox_add_pooled_suites name target suites)
  add_test(NAME pooler.${name}
           COMMAND "${CMAKE_CURRENT_SOURCE_DIR}/pooler/run"
                   $<TARGET_FILE:${target}> -r300 -n -v4 -s "^${suites}$")
  set_tests_properties(
    pooler.${name} PROPERTIES LABELS pooler TIMEOUT 330
                              FAIL_REGULAR_EXPRESSION "suites:  0[\r\n]"
                              SKIP_RETURN_CODE 77 RESOURCE_LOCK postgres_server)
endfunction()

inbox_add_pooled_suites(conformance conformance_postgres
                        "storage\\.conformance\\.postgres")
inbox_add_pooled_suites(flow test_flow "flow\\.(${flow})")
