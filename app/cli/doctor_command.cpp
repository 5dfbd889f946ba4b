// SPDX-License-Identifier: GPL-3.0-or-later
#include "command.h"
#include "diagnosis.h"
#include "options.h"
#include "output.h"

#include <memory>

namespace lipsync::cli {

namespace {

nlohmann::ordered_json toJson(const Diagnosis& diagnosis)
{
    auto object = diagnosis.facts;
    object["can_render"] = diagnosis.canRender();
    auto& missing = object["missing"] = nlohmann::ordered_json::array();
    for (const auto& lack : diagnosis.lacks)
        missing.push_back({{"what", lack.what}, {"get", lack.remedy}, {"stops_rendering", lack.stopsRendering}});
    return object;
}

std::string toText(const Diagnosis& diagnosis)
{
    auto text = factsText(diagnosis.facts);
    for (const auto& lack : diagnosis.lacks)
        text += fmt::format("{}: {}\n  do: {}\n", lack.stopsRendering ? "missing" : "note", lack.what, lack.remedy);
    text += diagnosis.canRender() ? "Rendering can work here.\n" : "Rendering cannot work here.\n";
    return text;
}

Status examine(bool json, const std::stop_token& stop)
{
    const auto diagnosis = diagnose();
    if (auto going = checkGoingOn(stop); !going)
        return going;
    if (auto printed = json ? printJson(toJson(diagnosis)) : printText(toText(diagnosis)); !printed)
        return printed;
    if (diagnosis.canRender())
        return {};
    const auto& worst = diagnosis.lacks.front();
    return failure(ErrorCode::Resource, fmt::format("Rendering cannot work here: {} Do: {}", worst.what, worst.remedy));
}

} // namespace

void addDoctorCommand(CommandLine& line)
{
    auto json = std::make_shared<bool>(false);
    auto* command = line.app.add_subcommand("doctor", "Tell what this machine has, what is missing and how to get it");
    addJsonOption(*command, *json);
    command->footer("Exit status 0 when rendering can work, 4 otherwise.\nExample:\n  lipsync doctor");
    command->callback([&line, json] { line.chosen = [&line, json] { return examine(*json, line.stop); }; });
}

} // namespace lipsync::cli
