// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/model.h"

namespace lipsync::inference {

scheduling::ModelId ModelRegistry::add(Model model)
{
    auto added = std::make_shared<const Model>(std::move(model));
    std::lock_guard lock(m_mutex);
    m_models.emplace(++m_last, std::move(added));
    return m_last;
}

std::shared_ptr<const Model> ModelRegistry::find(scheduling::ModelId model) const
{
    std::lock_guard lock(m_mutex);
    const auto found = m_models.find(model);
    return found == m_models.end() ? nullptr : found->second;
}

void ModelRegistry::remove(scheduling::ModelId model)
{
    std::shared_ptr<const Model> removed; // freed after the lock
    std::lock_guard lock(m_mutex);
    const auto found = m_models.find(model);
    if (found == m_models.end())
        return;
    removed = std::move(found->second);
    m_models.erase(found);
}

} // namespace lipsync::inference
