// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "serving/serving_parts.h"

#include <functional>
#include <memory>
#include <string>

namespace lipsync::serving {

/// A page of numbers for Prometheus, http://ADDRESS/metrics: the engine's and the server's under names of their own,
/// and those of avatars under the names that dashboards for other inference servers know (nv_*). Made when asked for.
class MetricsPage {
public:
    /// On an address open to the network it is shown to those who send a token; Usage when there is none.
    /// Resource when the address cannot be listened on. `parts` must outlive the page. http://ADDRESS/health tells
    /// anybody what `isReady` says on the page's thread.
    static Result<std::unique_ptr<MetricsPage>> start(const ServingParts& parts, const std::string& listen,
                                                      std::function<bool()> isReady);
    ~MetricsPage();

    const std::string& address() const;

private:
    class Impl;
    explicit MetricsPage(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

} // namespace lipsync::serving
