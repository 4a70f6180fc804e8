#include "../../../messages/all.hpp"

#include <benchmark/benchmark.h>
#include <caf/init_global_meta_objects.hpp>

int main(int argc, char** argv) {
  caf::init_global_meta_objects<caf::id_block::inbox>();
  caf::core::init_global_meta_objects();
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv))
    return 1;
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
}
