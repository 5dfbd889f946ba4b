// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/preview/drop_target.h"
#include "ui/preview/dropped_files.h"
#include "ui/preview/picture_view.h"
#include "ui/preview/scrub_slider.h"
#include "ui/preview/time_text.h"
#include "ui/waveform/waveform_peaks.h"

#include <QDir>
#include <QDragEnterEvent>
#include <QDropEvent>
#include <QFile>
#include <QMimeData>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace lipsync;
using namespace lipsync::ui;

/// What is dropped, drawn and read beside the picture.
class PreviewTest final : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;

    QUrl make(const QString& name)
    {
        const QString path = m_folder.filePath(name);
        QDir().mkpath(QFileInfo(path).path());
        QFile file(path);
        if (!file.open(QIODevice::WriteOnly))
            return {};
        return QUrl::fromLocalFile(path);
    }

private Q_SLOTS:
    void anAvatarIsKnownByItsManifest()
    {
        const QUrl manifest = make(QStringLiteral("anna/avatar.json"));
        const auto folder = m_folder.filePath(QStringLiteral("anna")).toStdString();
        QCOMPARE(sortDroppedFiles({manifest}).avatar->string(), folder);
        QCOMPARE(sortDroppedFiles({QUrl::fromLocalFile(m_folder.filePath(QStringLiteral("anna")))}).avatar->string(),
                 folder);
    }

    void avatarAndVoiceMayComeTogether()
    {
        const DroppedFiles files =
            sortDroppedFiles({make(QStringLiteral("bob/avatar.json")), make(QStringLiteral("hello.flac"))});
        QVERIFY(files.refusal.isEmpty());
        QVERIFY(files.avatar && files.voice);
        QCOMPARE(files.voice->filename().string(), std::string("hello.flac"));
    }

    void whatHasNoPlaceIsRefusedWithAReason_data()
    {
        QTest::addColumn<QList<QUrl>>("urls");
        QTest::addColumn<QString>("word");
        QTest::newRow("text") << QList<QUrl>{make(QStringLiteral("notes.txt"))} << QStringLiteral("notes.txt");
        QDir(m_folder.path()).mkpath(QStringLiteral("plain"));
        QTest::newRow("folder") << QList<QUrl>{QUrl::fromLocalFile(m_folder.filePath(QStringLiteral("plain")))}
                                << QStringLiteral("avatar.json");
        QTest::newRow("web") << QList<QUrl>{QUrl(QStringLiteral("https://example.org/a.wav"))}
                             << QStringLiteral("save it first");
        QTest::newRow("gone") << QList<QUrl>{QUrl::fromLocalFile(m_folder.filePath(QStringLiteral("gone.wav")))}
                              << QStringLiteral("does not exist");
        QTest::newRow("two voices") << QList<QUrl>{make(QStringLiteral("1.wav")), make(QStringLiteral("2.wav"))}
                                    << QStringLiteral("Two voices");
        QTest::newRow("two avatars") << QList<QUrl>{make(QStringLiteral("c/avatar.json")),
                                                    make(QStringLiteral("d/avatar.json"))}
                                     << QStringLiteral("Two avatars");
    }

    void whatHasNoPlaceIsRefusedWithAReason()
    {
        QFETCH(QList<QUrl>, urls);
        QFETCH(QString, word);
        const QString refusal = sortDroppedFiles(urls).refusal;
        QVERIFY2(refusal.contains(word), qPrintable(refusal));
    }

    void aWidgetTakesWhatCanBeUsed()
    {
        QWidget widget;
        DropTarget target(widget);
        QSignalSpy voices(&target, &DropTarget::voiceDropped);
        QSignalSpy hovers(&target, &DropTarget::hovered);
        QMimeData data;
        data.setUrls({make(QStringLiteral("voice.wav"))});
        QDragEnterEvent enter({5, 5}, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(&widget, &enter);
        QVERIFY(enter.isAccepted());
        QDropEvent drop(QPointF(5, 5), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(&widget, &drop);
        QVERIFY(drop.isAccepted());
        QCOMPARE(voices.count(), 1);
        QCOMPARE(hovers.count(), 2);
    }

    void aWidgetRefusesTheRestWithTheReason()
    {
        QWidget widget;
        DropTarget target(widget);
        QSignalSpy refusals(&target, &DropTarget::refused);
        QMimeData data;
        data.setUrls({make(QStringLiteral("table.csv"))});
        QDragEnterEvent enter({5, 5}, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(&widget, &enter);
        QVERIFY(!enter.isAccepted());
        QCOMPARE(refusals.count(), 1);
        QVERIFY(refusals.first().first().toString().contains(QStringLiteral("table.csv")));

        QMimeData text;
        text.setText(QStringLiteral("hello"));
        QDragEnterEvent words({5, 5}, Qt::CopyAction, &text, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(&widget, &words);
        QVERIFY(!words.isAccepted());
    }

    void theImageIsThePictureItself()
    {
        auto picture = std::make_shared<Picture>();
        picture->width = 2;
        picture->height = 1;
        picture->bgr = {255, 0, 0, 0, 0, 255}; // a blue and a red pixel
        const std::weak_ptr<const Picture> watch = picture;
        QImage image = wrapPicture(picture);
        QCOMPARE(static_cast<const void*>(image.constBits()), static_cast<const void*>(picture->bgr.data()));
        QCOMPARE(image.pixelColor(0, 0), QColor(Qt::blue));
        QCOMPARE(image.pixelColor(1, 0), QColor(Qt::red));
        picture.reset();
        QVERIFY(!watch.expired());
        image = QImage();
        QVERIFY(watch.expired());
    }

    void thePictureIsFittedAndTheMessageStandsInForIt()
    {
        PictureView view;
        view.resize(300, 200);
        view.setMessage(QStringLiteral("Drop something"), QStringLiteral("a voice"));
        QVERIFY(view.image().isNull());
        QVERIFY(view.accessibleDescription().contains(QStringLiteral("Drop something")));
        auto picture = std::make_shared<Picture>();
        picture->width = picture->height = 10;
        picture->bgr.assign(300, 255);
        view.setPicture(picture);
        const QImage drawn = view.grab().toImage();
        QCOMPARE(drawn.pixelColor(drawn.width() / 2, drawn.height() / 2), QColor(Qt::white));
        QVERIFY(drawn.pixelColor(drawn.width() / 20, drawn.height() / 2) !=
                QColor(Qt::white)); // beside a square picture
    }

    void timesAreMinutesSecondsAndTenths()
    {
        QCOMPARE(timeText(0, 25), QStringLiteral("00:00.0"));
        QCOMPARE(timeText(81, 25), QStringLiteral("00:03.2"));
        QCOMPARE(timeText(25 * 61 + 24, 25), QStringLiteral("01:01.9"));
        QCOMPARE(timeText(9, 30), QStringLiteral("00:00.3")); // not 0.2999…
        QCOMPARE(timeText(5, 0), QStringLiteral("00:00.0"));
    }

    void peaksAreScaledToTheLoudest()
    {
        VoiceSound sound{8000, 1, {0, 0.1F, -0.4F, 0.2F}};
        const auto peaks = waveformPeaks(sound, 2);
        QCOMPARE(peaks.size(), std::size_t(2));
        QCOMPARE(peaks[0], 0.25F);
        QCOMPARE(peaks[1], 1.0F);
        sound.samples.assign(10, 0);
        QCOMPARE(waveformPeaks(sound, 2).back(), 0.0F);
        sound.samples.clear();
        QCOMPARE(waveformPeaks(sound, 3).size(), std::size_t(3));
        QVERIFY(waveformPeaks(sound, 0).empty());
    }

    void pressingTheTimeLineJumpsThere()
    {
        ScrubSlider slider;
        slider.setRange(0, 100);
        slider.resize(208, 44); // 4 px of margin on each side
        QSignalSpy pressed(&slider, &QSlider::sliderPressed);
        QTest::mousePress(&slider, Qt::LeftButton, {}, {104, 20});
        QCOMPARE(slider.value(), 50);
        QCOMPARE(pressed.count(), 1);
        QTest::mouseMove(&slider, {204, 20});
        QTest::mouseRelease(&slider, Qt::LeftButton, {}, {204, 20});
        QVERIFY(!slider.isSliderDown());
    }
};

QTEST_MAIN(PreviewTest)
#include "preview_test.moc"
