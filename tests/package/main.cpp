// Includes the front door as an application does, and links.

#include <inbox/inbox.hpp>

int main() {
  return 0;
}
