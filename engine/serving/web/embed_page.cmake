# SPDX-License-Identifier: GPL-3.0-or-later
# Writes PAGE into SOURCE as the string that webPage() returns.
file(READ ${PAGE} text)
file(WRITE ${SOURCE} "#include \"serving/web/web_page.h\"

std::string_view lipsync::serving::webPage()
{
    return R\"page(${text})page\";
}
")
