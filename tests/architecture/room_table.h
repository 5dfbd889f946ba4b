// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "architecture/source_scan.h"

#include <algorithm>

namespace lipsync::architecture {

/// A row of the table of rooms: what it may know beyond std, its own room and the rooms above it.
struct Row {
    std::string room;
    std::vector<std::string> libraries;
};

/// The rooms of the engine from the ground up, as engine/README.md has them: a room includes only rooms above it.
inline std::vector<Row> engineRooms()
{
    return {
        {"base", {"fmt", "expected", "OpenSSL"}},
        {"metrics", {"fmt"}},
        {"scheduling", {"fmt"}},
        {"nn", {"fmt", "json", "LibTorch", "oneDNN"}},
        {"media", {"fmt", "FFmpeg", "OpenCV"}},
        {"audio", {"fmt", "OpenCV"}},
        {"faces", {"fmt", "OpenCV", "dlib"}},
        {"avatar", {"fmt", "json", "OpenCV"}},
        {"importing", {"fmt", "json", "OpenCV", "libzip"}},
        {"preparation", {"fmt", "json", "OpenCV"}},
        {"inference", {"fmt", "OpenCV", "LibTorch", "gRPC"}},
        {"session", {"fmt", "OpenCV"}},
        {"render", {"fmt", "json", "OpenCV"}},
        {"tuning", {"fmt", "json"}},
        {"serving", {"fmt", "json", "OpenSSL", "OpenCV", "gRPC", "prometheus", "Boost"}},
        {"deployment", {"fmt", "gRPC"}},
        {"clients", {"fmt", "gRPC"}},
        {"scoring", {"fmt", "OpenCV"}},
        {"training", {"fmt", "json", "OpenCV", "LibTorch"}},
        {"training/demo", {"fmt", "OpenCV", "espeak-ng"}},
    };
}

/// The whole table. `engine` itself is the façade's implementation, above all rooms; ui and app stand on it.
inline Rules projectRules()
{
    const std::vector<std::string> heavy{"LibTorch", "oneDNN", "FFmpeg", "OpenCV", "gRPC", "dlib"};
    Rules rules;
    rules.libraries = {
        {"fmt", {"fmt/", "spdlog/"}},
        {"expected", {"tl/"}},
        {"json", {"nlohmann/"}},
        {"OpenSSL", {"openssl/"}},
        {"LibTorch", {"torch/", "ATen/", "c10/", "caffe2/"}},
        {"oneDNN", {"oneapi/dnnl/"}},
        {"OpenCV", {"opencv2/"}},
        {"FFmpeg", {"libav[a-z]+/", "libsw[a-z]+/"}},
        {"Qt", {"Q[A-Z][A-Za-z]*$", "Qt[A-Z]?[A-Za-z]*(/|$)"}},
        {"QCustomPlot", {"qcustomplot\\.h$"}},
        {"espeak-ng", {"espeak-ng/"}},
        {"Boost", {"boost/"}},
        {"libzip", {"zip\\.h$"}},
        {"CLI11", {"CLI/"}},
        {"dlib", {"dlib/"}},
        {"prometheus", {"prometheus/"}},
        {"gRPC", {"grpc(pp)?/", "google/protobuf/", "absl/", "[a-z_]+(\\.grpc)?\\.pb\\.h$"}},
    };
    rules.includeRoots = {"engine", ""};
    rules.styledFolders = {"engine", "ui", "app", "tests"};

    std::vector<std::string> above;
    const auto reachFor = [](const std::vector<std::string>& libraries) {
        const bool torch = std::find(libraries.begin(), libraries.end(), "LibTorch") != libraries.end();
        return torch ? std::vector<std::string>{"Qt"} : std::vector<std::string>{"Qt", "LibTorch"};
    };
    for (const auto& row : engineRooms()) {
        const auto path = "engine/" + row.room;
        rules.rooms.push_back({path, above, row.libraries, reachFor(row.libraries)});
        above.push_back(path);
    }
    rules.rooms.push_back({"engine/facade",
                           {"engine/base", "engine/metrics", "engine/scheduling"},
                           {"fmt", "expected"},
                           {"Qt", "LibTorch", "FFmpeg", "OpenCV", "gRPC", "dlib"}});
    above.push_back("engine/facade");
    rules.rooms.push_back({"engine/engine.h",
                           {"engine/base", "engine/metrics", "engine/scheduling", "engine/facade"},
                           {"fmt", "expected"},
                           {"Qt", "LibTorch", "FFmpeg", "OpenCV", "gRPC", "dlib"}});
    above.push_back("engine/engine.h");
    rules.rooms.push_back({"engine", above, {"fmt", "OpenCV"}, {"Qt", "LibTorch"}});

    // Windows see the façade and nothing else of the engine; programs put the parts together.
    rules.rooms.push_back({"ui", {"engine/engine.h"}, {"Qt", "QCustomPlot"}, heavy});
    rules.rooms.push_back({"app/studio", {"engine/engine.h", "ui"}, {"Qt", "fmt", "CLI11"}, heavy});
    auto programs = above;
    programs.push_back("engine");
    rules.rooms.push_back({"app/cli", programs, {"fmt", "json", "CLI11", "OpenCV"}, {"Qt", "LibTorch"}});
    rules.rooms.push_back({"app/make_demo", programs, {"fmt", "json", "CLI11", "OpenCV"}, {"Qt", "LibTorch"}});
    rules.rooms.push_back({"app/examples", {}, {"gRPC"}, {"Qt", "LibTorch"}});
    rules.rooms.push_back({"app/gpu_check", programs, {"fmt"}, {"Qt", "LibTorch"}});
    return rules;
}

} // namespace lipsync::architecture
