# Suites whose stores reach their server through PgBouncer. Not here: what looks
# at the sessions of the server, or goes over a network of its own to it.

function(inbox_add_pooled_suite target suite)
  string(REPLACE "." "\\." pattern "${suite}")
  inbox_add_suite(pooler.${suite} ${target} "${pattern}" RUNNER
                  "${CMAKE_CURRENT_SOURCE_DIR}/pooler/run" pooler)
endfunction()

inbox_add_pooled_suite(conformance_postgres storage.conformance.postgres)
foreach(
  suite IN
  ITEMS callbacks
        crash
        deadlines
        failures
        messages
        own_actors
        poison
        pooler
        published
        reference
        remote_handler
        two_processes
        wake_up
        write_to_done)
  inbox_add_pooled_suite(test_flow flow.${suite})
endforeach()
