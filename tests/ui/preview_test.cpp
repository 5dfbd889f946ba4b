// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/preview/frame_file.h"
#include "ui/preview/picture_painting.h"
#include "ui/preview/picture_view.h"
#include "ui/preview/picture_zoom.h"
#include "ui/preview/scrub_slider.h"
#include "ui/preview/time_text.h"
#include "ui/waveform/waveform_peaks.h"

#include <QDir>
#include <QDragEnterEvent>
#include <QDropEvent>
#include <QFile>
#include <QMimeData>
#include <QPainter>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace lipsync;
using namespace lipsync::ui;

/// What is drawn and read beside the picture.
class PreviewTest final : public QObject {
    Q_OBJECT

    static std::shared_ptr<const Picture> onePicture(int width, int height)
    {
        auto picture = std::make_shared<Picture>();
        picture->width = width;
        picture->height = height;
        picture->bgr.assign(static_cast<std::size_t>(3 * width * height), 255);
        return picture;
    }

private Q_SLOTS:
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
        view.showPicture(picture);
        const QImage drawn = view.grab().toImage();
        QCOMPARE(drawn.pixelColor(drawn.width() / 2, drawn.height() / 2), QColor(Qt::white));
        QVERIFY(drawn.pixelColor(drawn.width() / 20, drawn.height() / 2) !=
                QColor(Qt::white)); // beside a square picture
    }

    void thePictureIsPaintedInStripsWithoutSeams_data()
    {
        QTest::addColumn<double>("pixelRatio");
        QTest::addColumn<QRectF>("place");
        QTest::newRow("reduced") << 1.0 << QRectF(3, 5, 271.5, 203.6);
        QTest::newRow("enlarged") << 1.0 << QRectF(-40.25, -31.5, 520, 390);
        QTest::newRow("so that pixels are seen") << 1.0 << QRectF(-700, -300, 1600, 1200);
        QTest::newRow("on a fine screen") << 2.0 << QRectF(10, 7.5, 280, 210);
        QTest::newRow("on one between") << 1.5 << QRectF(10.2, 7, 283, 212.25);
    }
    void thePictureIsPaintedInStripsWithoutSeams()
    {
        QFETCH(double, pixelRatio);
        QFETCH(QRectF, place);
        QImage image(160, 120, QImage::Format_BGR888);
        for (int y = 0; y < image.height(); ++y) {
            for (int x = 0; x < image.width(); ++x)
                image.setPixelColor(x, y, QColor((x * 37) % 256, (y * 53) % 256, (x * y) % 256));
        }
        const QRect area(0, 0, 300, 260);
        const auto painted = [&](bool inStrips) {
            QImage screen((QSizeF(area.size()) * pixelRatio).toSize(), QImage::Format_RGB32);
            screen.setDevicePixelRatio(pixelRatio);
            screen.fill(Qt::black);
            QPainter painter(&screen);
            if (inStrips) {
                paintPart(painter, image, place, area);
            } else {
                painter.setRenderHint(QPainter::SmoothPixmapTransform, place.width() < 3 * image.width());
                painter.drawImage(place, image);
            }
            return screen;
        };
        QCOMPARE(painted(true), painted(false));
    }

    void timesAreMinutesSecondsAndHundredths()
    {
        const QLocale before;
        QLocale::setDefault(QLocale::c());
        QCOMPARE(timeText(0, 25), QStringLiteral("00:00.00"));
        QCOMPARE(timeText(81, 25), QStringLiteral("00:03.24"));
        QCOMPARE(timeText(25 * 61 + 24, 25), QStringLiteral("01:01.96"));
        QCOMPARE(timeText(9, 30), QStringLiteral("00:00.30")); // not 0.2999…
        QCOMPARE(timeText(5, 0), QStringLiteral("00:00.00"));
        QLocale::setDefault(QLocale(QLocale::German));
        QCOMPARE(timeText(113, 25), QStringLiteral("00:04,52"));
        QLocale::setDefault(before);
    }

    void everyFrameHasATimeOfItsOwn()
    {
        for (const double rate : {24.0, 25.0, 30000.0 / 1001, 60.0})
            for (std::int64_t frame = 0; frame < 200; ++frame)
                QVERIFY(timeText(frame, rate) != timeText(frame + 1, rate));
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

    void shiftDrawsALoopAndItsUpperEndsAreDragged()
    {
        ScrubSlider slider;
        slider.setRange(0, 100);
        slider.resize(208, 44);
        connect(&slider, &ScrubSlider::loopDrawn, &slider, [&](const LoopRange& loop) { slider.setLoop(loop); });
        QSignalSpy drawn(&slider, &ScrubSlider::loopDrawn);
        const auto last = [&] { return drawn.last().first().value<LoopRange>(); };
        QTest::mousePress(&slider, Qt::LeftButton, Qt::ShiftModifier, {124, 30});
        QTest::mouseMove(&slider, {44, 30});
        QTest::mouseRelease(&slider, Qt::LeftButton, Qt::ShiftModifier, {44, 30});
        QVERIFY(!drawn.isEmpty());
        QCOMPARE(last(), (LoopRange{20, 60})); // drawn backwards
        QCOMPARE(slider.value(), 0); // the picture stays

        QTest::mousePress(&slider, Qt::LeftButton, {}, {124, 5});
        QTest::mouseMove(&slider, {164, 5});
        QTest::mouseRelease(&slider, Qt::LeftButton, {}, {164, 5});
        QCOMPARE(last(), (LoopRange{20, 80}));

        const auto before = drawn.count();
        QTest::mousePress(&slider, Qt::LeftButton, {}, {164, 35}); // lower down the hand scrubs
        QTest::mouseRelease(&slider, Qt::LeftButton, {}, {164, 35});
        QCOMPARE(slider.value(), 80);
        QCOMPARE(drawn.count(), before);
    }

    void aPictureIsFittedThenEnlargedAroundAPlace()
    {
        PictureZoom zoom;
        const QSizeF picture(100, 50), view(400, 400);
        QCOMPARE(zoom.scale(picture, view), 4.0);
        QCOMPARE(zoom.place(picture, view), QRectF(0, 100, 400, 200));
        zoom.setScale(8, {100, 200}, picture, view); // a quarter of the width, the middle of the height
        QVERIFY(!zoom.isFitted());
        const QRectF place = zoom.place(picture, view);
        QCOMPARE(place.left() + 0.25 * place.width(), 100.0);
        QCOMPARE(place.height(), 400.0);
        zoom.moveBy({5000, 5000}, picture, view);
        QCOMPARE(zoom.place(picture, view).topLeft(), QPointF(0, 0)); // no gap at a border
        zoom.moveBy({-10, 0}, picture, view); // what was asked for beyond it is not remembered
        QCOMPARE(zoom.place(picture, view).left(), -10.0);
        zoom.setScale(1000, {0, 0}, picture, view);
        QCOMPARE(zoom.scale(picture, view), PictureZoom::kLargest);
        zoom.fit();
        QCOMPARE(zoom.place(picture, view), QRectF(0, 100, 400, 200));
        QCOMPARE(zoom.place({0, 0}, view).width(), 0.0); // no picture
    }

    void wheelAndKeysEnlargeAndMove()
    {
        PictureView view;
        view.resize(300, 200);
        QSignalSpy zooms(&view, &PictureView::zoomChanged);
        view.zoomBy(2); // without a picture nothing happens
        QCOMPARE(view.zoomPercent(), 0);
        view.showPicture(onePicture(100, 100));
        QCOMPARE(view.zoomPercent(), 200);
        view.showActualSize();
        QCOMPARE(view.zoomPercent(), 100);
        QCOMPARE(zooms.count(), 2);
        QWheelEvent wheel({150, 100}, {150, 100}, {}, {0, 600}, Qt::NoButton, Qt::NoModifier, Qt::NoScrollPhase, false);
        QCoreApplication::sendEvent(&view, &wheel);
        QCOMPARE(view.zoomPercent(), 305); // five steps
        const double left = view.picturePlace().left();
        QTest::keyClick(&view, Qt::Key_Right, Qt::ShiftModifier);
        QVERIFY(view.picturePlace().left() < left || view.picturePlace().right() <= 300);
        const double top = view.picturePlace().top();
        QTest::mousePress(&view, Qt::LeftButton, {}, {150, 100});
        QTest::mouseMove(&view, {150, 110});
        QTest::mouseRelease(&view, Qt::LeftButton, {}, {150, 110});
        QCOMPARE(view.picturePlace().top(), top + 10);
        QTest::mouseDClick(&view, Qt::LeftButton);
        QVERIFY(view.isFitted());
    }

    void theWipeShowsTheOriginalLeftOfTheLine()
    {
        PictureView view;
        view.resize(400, 400);
        view.setWiping(true);
        view.showPicture(onePicture(100, 100));
        QCOMPARE(view.grab().toImage().pixelColor(40, 200), QColor(Qt::white)); // there is no original
        auto picture = std::make_shared<Picture>(*onePicture(100, 100));
        picture->original.assign(picture->bgr.size(), 0);
        view.showPicture(picture);
        const auto colourAt = [&](int x) { return view.grab().toImage().pixelColor(x, 100); };
        QCOMPARE(colourAt(40), QColor(Qt::black));
        QCOMPARE(colourAt(360), QColor(Qt::white));
        QSignalSpy moved(&view, &PictureView::wipeMoved);
        QTest::mousePress(&view, Qt::LeftButton, {}, {200, 100});
        QTest::mouseMove(&view, {100, 100});
        QTest::mouseRelease(&view, Qt::LeftButton, {}, {100, 100});
        QCOMPARE(view.wipe(), 0.25);
        QCOMPARE(moved.count(), 1);
        QCOMPARE(colourAt(160), QColor(Qt::white));
        view.setWipe(7);
        QCOMPARE(view.wipe(), 1.0);
        view.setWiping(false);
        QCOMPARE(colourAt(40), QColor(Qt::white));
    }

    void figuresStandOnAGroundOfTheirOwn()
    {
        PictureView view;
        view.resize(400, 300);
        view.showPicture(onePicture(40, 30));
        const QImage before = view.grab().toImage();
        view.setOverlay({QStringLiteral("25 frames/s")});
        const QImage after = view.grab().toImage();
        QVERIFY(after.pixelColor(16, 20) != before.pixelColor(16, 20));
        QCOMPARE(after.pixelColor(390, 290), before.pixelColor(390, 290));
        view.setOverlay({});
        QCOMPARE(view.grab().toImage(), before);
    }

    void aSavedFrameIsThePictureAndSaysThatItIsSynthetic()
    {
        auto picture = std::make_shared<Picture>();
        picture->width = 2;
        picture->height = 1;
        picture->bgr = {255, 0, 0, 0, 0, 255};
        const QImage read = QImage::fromData(framePng(picture), "PNG");
        QCOMPARE(read.size(), QSize(2, 1));
        QCOMPARE(read.pixelColor(0, 0), QColor(Qt::blue));
        QVERIFY(read.text(QStringLiteral("Comment")).contains(QStringLiteral("Synthetic media")));
    }
};

QTEST_MAIN(PreviewTest)
#include "preview_test.moc"
