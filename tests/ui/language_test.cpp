// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/main_window/main_window.h"
#include "ui/support/pseudo_translator.h"
#include "ui/support/studio_desk.h"
#include "ui/support/widget_walk.h"
#include "ui/theme/theme_resources.h"

#include <QApplication>
#include <QDockWidget>
#include <QFile>
#include <QMenuBar>
#include <QProcess>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>
#include <QXmlStreamReader>

using namespace lipsync;
using namespace lipsync::ui;

namespace {

const QString kGerman = QStringLiteral(LIPSYNC_SOURCE_DIR "/resources/translations/lipsync-studio_de.ts");
constexpr QSize kScreen{1920, 1080};
constexpr int kLayoutMs = 1000; // a panel that arranges itself anew needs a few turns

/// A text of the sources and what it is in another language.
struct Message {
    QString context, source;
    QStringList translations; ///< one, or one a plural form
    bool isUnfinished = false;
};

QList<Message> readMessages(const QString& name)
{
    QList<Message> messages;
    QFile file(name);
    if (!file.open(QIODevice::ReadOnly))
        return messages;
    QXmlStreamReader reader(&file);
    QString context;
    while (!reader.atEnd()) {
        if (reader.readNext() != QXmlStreamReader::StartElement)
            continue;
        const auto element = reader.name();
        if (element == QLatin1String("name")) {
            context = reader.readElementText();
        } else if (element == QLatin1String("message")) {
            messages.append({context, {}, {}, false});
        } else if (element == QLatin1String("source")) {
            messages.last().source = reader.readElementText();
        } else if (element == QLatin1String("translation")) {
            messages.last().isUnfinished = reader.attributes().hasAttribute(QLatin1String("type"));
            QString text;
            while (
                !(reader.readNext() == QXmlStreamReader::EndElement && reader.name() == QLatin1String("translation")) &&
                !reader.atEnd()) {
                if (reader.isStartElement() && reader.name() == QLatin1String("numerusform"))
                    messages.last().translations << reader.readElementText();
                else if (reader.isCharacters() && !reader.isWhitespace())
                    text += reader.text();
            }
            if (!text.isEmpty())
                messages.last().translations << text;
        }
    }
    return messages;
}

QStringList placeholdersOf(const QString& text)
{
    static const QRegularExpression kPlaceholder(QStringLiteral("%(L?[0-9]|n)"));
    QStringList found;
    for (auto match = kPlaceholder.globalMatch(text); match.hasNext();)
        found << match.next().captured();
    found.sort();
    found.removeDuplicates();
    return found;
}

// What comes from files and machines and is the same in every language, and a plural, which the window's own English
// translator has had before this one.
bool isData(const QString& text)
{
    static const QRegularExpression kLetters(QStringLiteral("\\p{L}{2,}"));
    static const QRegularExpression kData(QStringLiteral(
        "^\\d+ workers?$|anna|hello|Fake|none|Desk "
        "microphone|Headset|cpu|^/|\\.(mp4|avatar|wav)|Deutsch|English|fp32|bf16|fp16|Ctrl\\+|Shift\\+|Alt\\+|"
        "^(MP4|WebM|ProRes|PNG)"));
    return !text.contains(kLetters) || text.contains(kData);
}

} // namespace

/// The studio in other languages, with larger text and from right to left.
class LanguageTest final : public QObject {
    Q_OBJECT

    test::PseudoTranslator m_pseudo;

private Q_SLOTS:
    void initTestCase() { initialiseThemeResources(); }

    void cleanup()
    {
        QCoreApplication::removeTranslator(&m_pseudo);
        QApplication::setLayoutDirection(Qt::LeftToRight);
    }

    void everyTextIsGivenToTheTranslator()
    {
        QCoreApplication::installTranslator(&m_pseudo);
        test::StudioDesk desk;
        QVERIFY(desk.show());
        QVERIFY(desk.open());
        int translated = 0;
        QStringList plain;
        for (const QString& text : test::textsOf(*desk.window)) {
            if (test::PseudoTranslator::isTranslated(text))
                ++translated;
            else if (!isData(text))
                plain << text;
        }
        QVERIFY2(plain.isEmpty(), qPrintable(plain.join(QStringLiteral("\n"))));
        QVERIFY(translated > 100);
    }

    void nothingIsCutOff_data()
    {
        QTest::addColumn<int>("textPercent");
        QTest::addColumn<bool>("isRightToLeft");
        QTest::newRow("long words") << 100 << false;
        QTest::newRow("twice the size") << 200 << false;
        QTest::newRow("right to left") << 100 << true;
    }

    void nothingIsCutOff()
    {
        QFETCH(int, textPercent);
        QFETCH(bool, isRightToLeft);
        if (textPercent == 100)
            QCoreApplication::installTranslator(&m_pseudo);
        if (isRightToLeft)
            QApplication::setLayoutDirection(Qt::RightToLeft);
        test::StudioDesk desk;
        desk.window->theme().setTextPercent(textPercent);
        desk.window->resize(kScreen);
        QVERIFY(desk.show());
        QVERIFY(desk.open());
        QVERIFY2(desk.window->width() <= kScreen.width(), qPrintable(QString::number(desk.window->width())));
        QStringList cut;
        for (QDockWidget* dock : desk.window->findChildren<QDockWidget*>()) {
            dock->show();
            dock->raise();
            QVERIFY(QTest::qWaitFor([dock] { return !dock->visibleRegion().isEmpty(); }));
            (void)QTest::qWaitFor([dock] { return test::cutTexts(*dock).isEmpty(); }, kLayoutMs);
            for (const QString& text : test::cutTexts(*dock))
                cut << dock->objectName() + QStringLiteral(": ") + text;
        }
        QVERIFY2(cut.isEmpty(), qPrintable(cut.join(QStringLiteral("\n"))));
    }

    void germanIsComplete()
    {
        const auto messages = readMessages(kGerman);
        QVERIFY(messages.size() > 100);
        for (const Message& message : messages) {
            const QString what = message.context + QStringLiteral(": ") + message.source;
            QVERIFY2(!message.isUnfinished && !message.translations.isEmpty(), qPrintable(what));
            for (const QString& translation : message.translations) {
                QStringList wanted = placeholdersOf(message.source);
                QStringList found = placeholdersOf(translation);
                wanted.removeAll(QStringLiteral("%n")); // "one" may be written as a word
                found.removeAll(QStringLiteral("%n"));
                QVERIFY2(found == wanted, qPrintable(what + QStringLiteral(" → ") + translation));
                QVERIFY2(message.source.endsWith(QChar(u'…')) == translation.endsWith(QChar(u'…')), qPrintable(what));
            }
        }
    }

    void germanIsUpToDateWithTheSources()
    {
        const QString lupdate = QStringLiteral(LIPSYNC_LUPDATE);
        if (!QFile::exists(lupdate))
            QSKIP("lupdate is not installed: whether texts are missing was not checked.");
        QTemporaryDir folder;
        const QString copy = folder.filePath(QStringLiteral("studio_de.ts"));
        QVERIFY(QFile::copy(kGerman, copy));
        const QString root = QStringLiteral(LIPSYNC_SOURCE_DIR);
        QProcess update;
        update.start(lupdate,
                     {QStringLiteral("-silent"), QStringLiteral("-locations"), QStringLiteral("none"),
                      QStringLiteral("-I"), root, QStringLiteral("-I"), root + QStringLiteral("/engine"),
                      root + QStringLiteral("/ui"), root + QStringLiteral("/app/studio"), QStringLiteral("-ts"), copy});
        QVERIFY(update.waitForFinished(60000));
        QCOMPARE(update.exitCode(), 0);
        QStringList missing;
        for (const Message& message : readMessages(copy))
            if (message.isUnfinished)
                missing << message.context + QStringLiteral(": ") + message.source;
        QVERIFY2(missing.isEmpty(), qPrintable(missing.join(QStringLiteral("\n"))));
    }

    void germanIsSpoken()
    {
        QTranslator german;
        QVERIFY(german.load(QStringLiteral(":/translations/lipsync-studio_de.qm")));
        QCoreApplication::installTranslator(&german);
        {
            test::StudioDesk desk;
            QCOMPARE(desk.window->menuBar()->actions().first()->text(), QStringLiteral("&Datei"));
        }
        QCoreApplication::removeTranslator(&german);
    }
};

QTEST_MAIN(LanguageTest)
#include "language_test.moc"
