# cmake -P script: gets CAF's source from upstream, by FetchContent and by the
# hash of its commit. A script of its own, since a download that fails ends the
# run that asked for it.
#
# usage: cmake -DREPOSITORY=URL -DCOMMIT=HASH -DDIR=FOLDER
#              -DCMAKE_GENERATOR=NAME -DCMAKE_MAKE_PROGRAM=FILE
#              -P fetch-caf.cmake
#
# The source is in FOLDER/src afterwards.

# What an earlier run left behind may say that all is there when it is not.
file(REMOVE_RECURSE "${DIR}")
include(FetchContent)
FetchContent_Populate(
  caf
  QUIET
  SOURCE_DIR "${DIR}/src"
  BINARY_DIR "${DIR}/build"
  SUBBUILD_DIR "${DIR}/subbuild"
  GIT_REPOSITORY "${REPOSITORY}"
  GIT_TAG "${COMMIT}"
  GIT_PROGRESS OFF)
