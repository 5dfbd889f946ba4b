// SPDX-License-Identifier: GPL-3.0-or-later
// What the tests of ProcessWorker start in the place of lipsync: a served ScriptedWorker. As '--device', "silent" never
// serves and "broken" ends with words of its own. 'worker_child parent FOLDER WEIGHTS' is itself the parent of such a
// child: it prints the child's number and waits to be killed.
#include "inference/child_process.h"
#include "inference/process_worker.h"
#include "inference/worker_service.h"
#include "scripted_worker.h"

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <map>

#include <unistd.h>

using namespace lipsync;

namespace {

constexpr const char* kUnixPrefix = "unix:";

/// Waits for SIGTERM, which has to be blocked in all threads.
void waitForTermination()
{
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    int signal = 0;
    sigwait(&signals, &signal);
}

int serve(std::map<std::string, std::string> options)
{
    const auto address = options["--socket"];
    const inference::EndWithParent endWithParent(STDIN_FILENO, address.substr(std::string(kUnixPrefix).size()));
    const char* mark = std::getenv("LIPSYNC_TEST_MARK");
    auto registry = std::make_shared<inference::ModelRegistry>();
    auto worker = std::make_unique<test::ScriptedWorker>(registry, mark ? mark : "");
    const auto service =
        inference::WorkerService::start(registry, std::move(worker), inference::resolveOnThisHost, {address, {}});
    if (!service) {
        std::fprintf(stderr, "%s\n", service.error().text().c_str());
        return EXIT_FAILURE;
    }
    std::puts("ready");
    std::fflush(stdout);
    waitForTermination();
    return EXIT_SUCCESS;
}

int beParent(const char* self, const char* folder, const char* weights)
{
    auto registry = std::make_shared<inference::ModelRegistry>();
    const auto model = registry->add(test::scriptedModel(weights));
    inference::ProcessWorkerOptions options;
    options.program = self;
    options.socketFolder = folder;
    const auto worker = inference::makeProcessWorker(registry, options);
    if (!worker->start() || !worker->prepare(model, {1}))
        return EXIT_FAILURE;
    std::printf("%d\n", worker->processId());
    std::fflush(stdout);
    worker->run(test::batchOf(model, {test::mouth(0, 0, test::Deed::Hang)}));
    return EXIT_SUCCESS;
}

} // namespace

int main(int argc, char** argv)
{
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
    if (argc == 4 && std::string(argv[1]) == "parent")
        return beParent(argv[0], argv[2], argv[3]);
    std::map<std::string, std::string> options;
    for (int i = 2; i + 1 < argc; i += 2)
        options[argv[i]] = argv[i + 1];
    if (options["--device"] == "broken") {
        std::fputs("There is no such device.", stderr);
        return EXIT_FAILURE;
    }
    if (options["--device"] == "silent") {
        waitForTermination();
        return EXIT_SUCCESS;
    }
    return serve(std::move(options));
}
