// Stands in for libFuzzer where the compiler has none: runs every file of the
// folders that the command line names, as its `-runs=0` does.

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

int main(int argc, char** argv) {
  size_t count = 0;
  for (int i = 1; i < argc; ++i) {
    if (argv[i][0] == '-')
      continue; // an option of libFuzzer
    for (auto& entry : std::filesystem::directory_iterator{argv[i]}) {
      // Before it runs: if it ends the program, its name is the last line.
      std::fprintf(stderr, "%s\n", entry.path().c_str());
      std::ifstream file{entry.path(), std::ios::binary};
      std::vector<uint8_t> bytes{std::istreambuf_iterator<char>{file}, {}};
      // A copy of the exact size, so that a sanitizer sees its end.
      bytes.shrink_to_fit();
      LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
      ++count;
    }
  }
  std::fprintf(stderr, "ran %zu inputs\n", count);
  return count > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
