// A node that sends a published inbox messages of a type that only this node
// knows, as if another version of it had more: a request, for whose answer it
// does not wait for long, and one that asks for nothing. Then it writes an
// event in the same connection, and how that went to standard output.
//
// usage: send_unknown URL PREFIX PORT (the first two it has no use for)

#include <inbox/actors/caf_compat.hpp>
#include <inbox/nodes.hpp>

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/init_global_meta_objects.hpp>
#include <caf/io/middleman.hpp>
#include <caf/scoped_actor.hpp>

#include <cstdlib>
#include <iostream>
#include <string>

struct unheard_of {
  std::string text;

  template <class Inspector>
  friend bool inspect(Inspector& f, unheard_of& x) {
    return f.object(x).fields(f.field("text", x.text));
  }
};

CAF_BEGIN_TYPE_ID_BLOCK(strange, caf::first_custom_type_id + 400)
  CAF_ADD_TYPE_ID(strange, (unheard_of))
CAF_END_TYPE_ID_BLOCK(strange)

int main(int argc, char** argv) {
  if (argc < 4)
    return EXIT_FAILURE;
  caf::init_global_meta_objects<caf::id_block::strange>();
  caf::init_global_meta_objects<caf::id_block::inbox>();
  caf::core::init_global_meta_objects();
  caf::actor_system_config cfg;
  inbox::load_network(cfg);
  caf::actor_system sys{cfg};
  auto port = static_cast<uint16_t>(std::stoul(argv[3]));
  auto gate = sys.middleman().remote_actor<inbox::inbox_actor>("127.0.0.1",
                                                               port);
  if (!gate) {
    std::cerr << to_string(gate.error()) << '\n';
    return EXIT_FAILURE;
  }
  {
    caf::scoped_actor self{sys};
    auto untyped = caf::actor_cast<caf::actor>(*gate);
    inbox::send(self, untyped, unheard_of{"hello"});
    auto pause = caf::timespan{std::chrono::milliseconds{100}};
    inbox::request(self, untyped, pause, unheard_of{"well?"})
      .receive([](const caf::message&) {}, [](const caf::error&) {});
  }
  auto x = inbox::make_event(inbox::uuid{{1}}, "order", inbox::payload{"x"});
  auto written
    = inbox::client{sys, *gate, std::chrono::seconds{2}}.write(std::move(*x));
  std::cout << (written ? "written" : inbox::describe(written.error()))
            << std::endl;
  return EXIT_SUCCESS;
}
