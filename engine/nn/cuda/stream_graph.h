// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include <c10/cuda/CUDAException.h>
#include <c10/cuda/CUDAStream.h>

namespace lipsync::nn::cuda {

/// Launches that were recorded once and are replayed as a whole. What they read and write stays where it was.
class StreamGraph {
public:
    /// Records what `launches` gives to the stream, which does not run meanwhile. Null when that cannot be recorded.
    template <typename Launches>
    static std::unique_ptr<StreamGraph> record(const c10::cuda::CUDAStream& stream, const Launches& launches)
    {
        if (cudaStreamBeginCapture(stream.stream(), cudaStreamCaptureModeThreadLocal) != cudaSuccess)
            return nullptr;
        bool isWhole = true;
        try {
            launches();
        } catch (const std::exception&) {
            isWhole = false;
        }
        cudaGraph_t graph = nullptr;
        isWhole &= cudaStreamEndCapture(stream.stream(), &graph) == cudaSuccess && graph != nullptr;
        std::unique_ptr<StreamGraph> made;
        cudaGraphExec_t executable = nullptr;
        if (isWhole && cudaGraphInstantiateWithFlags(&executable, graph, 0) == cudaSuccess)
            made.reset(new StreamGraph(executable));
        if (graph)
            cudaGraphDestroy(graph);
        if (!made)
            cudaGetLastError(); // said and done with: plain launches follow
        return made;
    }

    StreamGraph(const StreamGraph&) = delete;
    StreamGraph& operator=(const StreamGraph&) = delete;
    ~StreamGraph() { cudaGraphExecDestroy(m_executable); }

    void replay(const c10::cuda::CUDAStream& stream) const
    {
        C10_CUDA_CHECK(cudaGraphLaunch(m_executable, stream.stream()));
    }

private:
    explicit StreamGraph(cudaGraphExec_t executable)
        : m_executable(executable)
    {
    }

    const cudaGraphExec_t m_executable;
};

} // namespace lipsync::nn::cuda
