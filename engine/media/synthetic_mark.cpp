// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/synthetic_mark.h"

#include <cstdint>
#include <string_view>

#include <fmt/format.h>

extern "C" {
#include <libavutil/crc.h>
}

namespace lipsync::media {
namespace {

// The box's extended type, be7acfcb-97a9-42e8-9c71-999491e3afac.
constexpr std::string_view kXmpBoxId("\xBE\x7A\xCF\xCB\x97\xA9\x42\xE8\x9C\x71\x99\x94\x91\xE3\xAF\xAC", 16);
constexpr std::size_t kWordSize = 4;

std::string bigEndian32(std::size_t value)
{
    std::string bytes;
    for (int shift = 24; shift >= 0; shift -= 8)
        bytes.push_back(static_cast<char>((value >> shift) & 0xFF));
    return bytes;
}

} // namespace

std::string syntheticXmpPacket()
{
    return fmt::format(
        "<?xpacket begin=\"\xEF\xBB\xBF\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n"
        "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\">"
        "<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">"
        "<rdf:Description rdf:about=\"\" xmlns:Iptc4xmpExt=\"http://iptc.org/std/Iptc4xmpExt/2008-02-29/\" "
        "Iptc4xmpExt:DigitalSourceType=\"{}\"/>"
        "</rdf:RDF></x:xmpmeta>\n"
        "<?xpacket end=\"r\"?>",
        kSyntheticSourceType);
}

std::string syntheticMp4Box()
{
    const std::string packet = syntheticXmpPacket();
    const std::size_t size = kWordSize + kWordSize + kXmpBoxId.size() + packet.size();
    return bigEndian32(size).append("uuid").append(kXmpBoxId).append(packet);
}

std::string syntheticPngChunk()
{
    // iTXt: keyword, its end, uncompressed, method 0, no language, no translated keyword (PNG section 11.3.4.5).
    std::string body = "iTXtXML:com.adobe.xmp";
    body.append(5, '\0').append(syntheticXmpPacket());
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(body.data());
    const std::uint32_t check = ~av_crc(av_crc_get_table(AV_CRC_32_IEEE_LE), ~0U, bytes, body.size());
    return bigEndian32(body.size() - kWordSize).append(body).append(bigEndian32(check));
}

} // namespace lipsync::media
