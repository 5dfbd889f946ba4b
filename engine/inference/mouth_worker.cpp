// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/mouth_worker.h"

#include <algorithm>

namespace lipsync::inference {

Result<std::unique_ptr<MouthWorker>> MouthWorker::create(const avatar::AvatarPackage& package,
                                                         const nn::RunOptions& options)
{
    const auto weights = package.generatorWeights();
    if (!weights)
        return failure(weights);
    auto generator = nn::Generator::create(*weights, package.manifest().network, options);
    if (!generator)
        return failure(generator);
    std::unique_ptr<MouthWorker> worker(new MouthWorker(std::move(*generator)));

    const auto& spec = worker->spec();
    const std::vector<std::uint8_t> picture(spec.pictureBytes());
    const std::vector<float> window(spec.audioElements());
    std::vector<std::uint8_t> output(spec.pictureBytes());
    if (auto warm = worker->m_generator->run(picture, window, 1, output); !warm)
        return failure(warm);
    return worker;
}

Result<std::span<const std::uint8_t>> MouthWorker::run(std::span<const MouthJob> jobs)
{
    const auto pictureBytes = spec().pictureBytes();
    const auto audioElements = spec().audioElements();
    m_pictures.resize(jobs.size() * pictureBytes);
    m_windows.resize(jobs.size() * audioElements);
    m_output.resize(jobs.size() * pictureBytes);
    for (std::size_t i = 0; i < jobs.size(); ++i) {
        if (jobs[i].window.size() != audioElements)
            return failure(ErrorCode::Internal, "A job's feature window does not fit the generator");
        avatar::copyNetworkPicture(*jobs[i].templateFrame,
                                   std::span(m_pictures).subspan(i * pictureBytes, pictureBytes));
        std::copy(jobs[i].window.begin(), jobs[i].window.end(),
                  m_windows.begin() + static_cast<std::ptrdiff_t>(i * audioElements));
    }
    if (auto ran = m_generator->run(m_pictures, m_windows, static_cast<int>(jobs.size()), m_output); !ran)
        return failure(ran);
    return std::span<const std::uint8_t>(m_output);
}

} // namespace lipsync::inference
