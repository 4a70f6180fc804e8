#pragma once

/// The front door of caf-inbox: everything that an application needs.
#include "actors/client.hpp"
#include "actors/handler.hpp"
#include "actors/interfaces.hpp"
#include "actors/registry.hpp"
#include "actors/spawn_inbox.hpp"
#include "messages/all.hpp"
#include "storage/join_write.hpp"
