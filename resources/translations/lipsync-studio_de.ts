<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de_DE">
<context>
    <name>AskAndSave</name>
    <message>
        <source>Replace what is there?</source>
        <translation>Vorhandenes ersetzen?</translation>
    </message>
    <message>
        <source>%1 exists already.</source>
        <translation>%1 ist schon da.</translation>
    </message>
    <message>
        <source>Replace</source>
        <translation>Ersetzen</translation>
    </message>
</context>
<context>
    <name>CapacityActions</name>
    <message>
        <source>&amp;Plan Capacity</source>
        <translation>Kapazität &amp;planen</translation>
    </message>
    <message>
        <source>Measure what a frame costs here, and compute how many viewers the settings serve</source>
        <translation>Misst, was ein Bild hier kostet, und berechnet, für wie viele Zuschauer die Einstellungen reichen</translation>
    </message>
    <message>
        <source>Stop Plannin&amp;g</source>
        <translation>Planun&amp;g abbrechen</translation>
    </message>
    <message>
        <source>Stop planning the capacity</source>
        <translation>Bricht die Planung der Kapazität ab</translation>
    </message>
</context>
<context>
    <name>ChartActions</name>
    <message>
        <source>&amp;Pause Charts</source>
        <translation>Diagramme an&amp;halten</translation>
    </message>
    <message>
        <source>Hold the charts still; measuring goes on meanwhile</source>
        <translation>Hält die Diagramme an; gemessen wird weiter</translation>
    </message>
    <message>
        <source>Zoom Charts &amp;In</source>
        <translation>Diagramme &amp;vergrößern</translation>
    </message>
    <message>
        <source>Show a shorter time in the charts</source>
        <translation>Zeigt in den Diagrammen eine kürzere Zeit</translation>
    </message>
    <message>
        <source>Zoom Charts &amp;Out</source>
        <translation>Diagramme ver&amp;kleinern</translation>
    </message>
    <message>
        <source>Show a longer time in the charts, up to fifteen minutes</source>
        <translation>Zeigt in den Diagrammen eine längere Zeit, bis zu fünfzehn Minuten</translation>
    </message>
    <message>
        <source>&amp;Reset Charts</source>
        <translation>Diagramme &amp;zurücksetzen</translation>
    </message>
    <message>
        <source>Show the last minute again and follow the engine</source>
        <translation>Zeigt wieder die letzte Minute und folgt der Engine</translation>
    </message>
    <message>
        <source>&amp;Clear Charts</source>
        <translation>Diagramme &amp;leeren</translation>
    </message>
    <message>
        <source>Forget what was measured and begin anew</source>
        <translation>Vergisst das Gemessene und beginnt von vorn</translation>
    </message>
    <message>
        <source>Save Charts as &amp;Table…</source>
        <translation>Diagramme als &amp;Tabelle speichern…</translation>
    </message>
    <message>
        <source>Write everything measured to a CSV file, one line a moment</source>
        <translation>Schreibt alles Gemessene in eine CSV-Datei, eine Zeile je Zeitpunkt</translation>
    </message>
    <message>
        <source>Save Charts as Pict&amp;ure…</source>
        <translation>Diagramme als &amp;Bild speichern…</translation>
    </message>
    <message>
        <source>Write the charts as they are to a PNG file</source>
        <translation>Schreibt die Diagramme, wie sie sind, in eine PNG-Datei</translation>
    </message>
</context>
<context>
    <name>CommandText</name>
    <message>
        <source>File</source>
        <translation>Datei</translation>
    </message>
    <message>
        <source>Edit</source>
        <translation>Bearbeiten</translation>
    </message>
    <message>
        <source>View</source>
        <translation>Ansicht</translation>
    </message>
    <message>
        <source>Avatar</source>
        <translation>Avatar</translation>
    </message>
    <message>
        <source>Playback</source>
        <translation>Wiedergabe</translation>
    </message>
    <message>
        <source>Engine</source>
        <translation>Engine</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>Export</translation>
    </message>
    <message>
        <source>Server</source>
        <translation>Server</translation>
    </message>
    <message>
        <source>Help</source>
        <translation>Hilfe</translation>
    </message>
    <message>
        <source>Panels</source>
        <translation>Bereiche</translation>
    </message>
</context>
<context>
    <name>ComparisonActions</name>
    <message>
        <source>&amp;Compare Ways to Serve</source>
        <translation>&amp;Betriebsarten vergleichen</translation>
    </message>
    <message>
        <source>Measure every way to serve many requests under the same load</source>
        <translation>Misst jede Art, viele Anfragen zu bedienen, unter der gleichen Last</translation>
    </message>
    <message>
        <source>Stop C&amp;omparing</source>
        <translation>Vergleich abbre&amp;chen</translation>
    </message>
    <message>
        <source>Stop the comparison; the workers get their settings back</source>
        <translation>Bricht den Vergleich ab; die Worker bekommen ihre Einstellungen zurück</translation>
    </message>
    <message>
        <source>Apply Chosen &amp;Way</source>
        <translation>&amp;Gewählte Art anwenden</translation>
    </message>
    <message>
        <source>Change the running workers to the settings of the chosen row</source>
        <translation>Stellt die laufenden Worker auf die Einstellungen der gewählten Zeile um</translation>
    </message>
</context>
<context>
    <name>ConcurrencyActions</name>
    <message>
        <source>&amp;Apply Settings</source>
        <translation>Einstellungen &amp;anwenden</translation>
    </message>
    <message>
        <source>Change the running workers to these settings; preview and exports go on</source>
        <translation>Stellt die laufenden Worker auf diese Einstellungen um; Vorschau und Exporte laufen weiter</translation>
    </message>
    <message>
        <source>&amp;Discard Changes</source>
        <translation>Änderungen &amp;verwerfen</translation>
    </message>
    <message>
        <source>Show the settings that are in force again</source>
        <translation>Zeigt wieder die geltenden Einstellungen</translation>
    </message>
    <message>
        <source>&amp;Save as Default</source>
        <translation>Als Standard &amp;sichern</translation>
    </message>
    <message>
        <source>Start the studio with these settings from now on</source>
        <translation>Startet das Studio von nun an mit diesen Einstellungen</translation>
    </message>
    <message>
        <source>&amp;Restart Worker</source>
        <translation>Worker &amp;neu starten</translation>
    </message>
    <message>
        <source>Start the chosen worker anew at once; others compute its frames</source>
        <translation>Startet den gewählten Worker sofort neu; andere rechnen seine Bilder</translation>
    </message>
</context>
<context>
    <name>ExportActions</name>
    <message>
        <source>&amp;Export</source>
        <translation>&amp;Exportieren</translation>
    </message>
    <message>
        <source>&amp;Add to Queue</source>
        <translation>In die Warteschlange &amp;stellen</translation>
    </message>
    <message>
        <source>&amp;Start Queue</source>
        <translation>Warteschlange &amp;beginnen</translation>
    </message>
    <message>
        <source>Work off the exports one after the other</source>
        <translation>Arbeitet die Exporte nacheinander ab</translation>
    </message>
    <message>
        <source>&amp;Pause Queue Now</source>
        <translation>Warteschlange &amp;jetzt anhalten</translation>
    </message>
    <message>
        <source>Pause A&amp;fter Current Export</source>
        <translation>Nach dem laufenden Export an&amp;halten</translation>
    </message>
    <message>
        <source>Finish the export that is running, then stop</source>
        <translation>Beendet den laufenden Export und hält dann an</translation>
    </message>
    <message>
        <source>Move Export &amp;Up</source>
        <translation>Export nach &amp;oben</translation>
    </message>
    <message>
        <source>Work on the chosen export earlier</source>
        <translation>Arbeitet früher am gewählten Export</translation>
    </message>
    <message>
        <source>Move Export &amp;Down</source>
        <translation>Export nach &amp;unten</translation>
    </message>
    <message>
        <source>Work on the chosen export later</source>
        <translation>Arbeitet später am gewählten Export</translation>
    </message>
    <message>
        <source>&amp;Cancel Export</source>
        <translation>Export &amp;abbrechen</translation>
    </message>
    <message>
        <source>Stop the chosen export and leave nothing behind</source>
        <translation>Bricht den gewählten Export ab und hinterlässt nichts</translation>
    </message>
    <message>
        <source>&amp;Retry Export</source>
        <translation>Export &amp;wiederholen</translation>
    </message>
    <message>
        <source>Begin the chosen export anew after it failed or was cancelled</source>
        <translation>Beginnt den gewählten Export von vorn, nachdem er misslang oder abgebrochen wurde</translation>
    </message>
    <message>
        <source>Dup&amp;licate Export</source>
        <translation>Export &amp;verdoppeln</translation>
    </message>
    <message>
        <source>Put the chosen export into the queue again, under a free name</source>
        <translation>Stellt den gewählten Export noch einmal unter einem freien Namen in die Warteschlange</translation>
    </message>
    <message>
        <source>&amp;Open Output Folder</source>
        <translation>Ausgabeordner ö&amp;ffnen</translation>
    </message>
    <message>
        <source>Show the folder that the chosen export is written to</source>
        <translation>Zeigt den Ordner, in den der gewählte Export geschrieben wird</translation>
    </message>
    <message>
        <source>Re&amp;move Export</source>
        <translation>Export &amp;entfernen</translation>
    </message>
    <message>
        <source>Take the chosen export out of the queue; finished files stay</source>
        <translation>Nimmt den gewählten Export aus der Warteschlange; fertige Dateien bleiben</translation>
    </message>
    <message>
        <source>Clear E&amp;nded Exports</source>
        <translation>Beendete Exporte a&amp;ufräumen</translation>
    </message>
    <message>
        <source>Take every export that has ended out of the queue; finished files stay</source>
        <translation>Nimmt alle beendeten Exporte aus der Warteschlange; fertige Dateien bleiben</translation>
    </message>
    <message>
        <source>Put the export into the queue and start working on it; others that wait for Start go on waiting</source>
        <translation>Den Export in die Warteschlange stellen und damit beginnen; andere, die auf Start warten, warten weiter</translation>
    </message>
    <message>
        <source>Put the export at the end of the queue without starting the queue</source>
        <translation>Den Export ans Ende der Warteschlange stellen, ohne sie zu starten</translation>
    </message>
    <message>
        <source>Stop now; Start goes on there and makes at most the last two seconds of the video again</source>
        <translation>Jetzt anhalten; Start macht dort weiter und wiederholt höchstens die letzten zwei Sekunden des Videos</translation>
    </message>
</context>
<context>
    <name>ExportQueue</name>
    <message>
        <source>Waiting</source>
        <translation>Wartet</translation>
    </message>
    <message>
        <source>Running</source>
        <translation>Läuft</translation>
    </message>
    <message>
        <source>Paused</source>
        <translation>Angehalten</translation>
    </message>
    <message>
        <source>Done</source>
        <translation>Fertig</translation>
    </message>
    <message>
        <source>Cancelled</source>
        <translation>Abgebrochen</translation>
    </message>
    <message>
        <source>Failed</source>
        <translation>Misslungen</translation>
    </message>
    <message>
        <source>%1 is finished: %2 frames in %3, %4.</source>
        <translation>%1 ist fertig: %2 Bilder in %3, %4.</translation>
    </message>
    <message>
        <source>The export of %1 was cancelled; nothing was written.</source>
        <translation>Der Export von %1 wurde abgebrochen; nichts wurde geschrieben.</translation>
    </message>
    <message>
        <source>The export of %1 failed: %2</source>
        <translation>Der Export von %1 misslang: %2</translation>
    </message>
</context>
<context>
    <name>FrameLook</name>
    <message>
        <source>on time</source>
        <translation>pünktlich</translation>
    </message>
    <message>
        <source>late</source>
        <translation>verspätet</translation>
    </message>
    <message>
        <source>expired</source>
        <translation>verfallen</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>misslungen</translation>
    </message>
    <message>
        <source>cancelled</source>
        <translation>abgebrochen</translation>
    </message>
    <message>
        <source>preview</source>
        <translation>Vorschau</translation>
    </message>
    <message>
        <source>live</source>
        <translation>live</translation>
    </message>
    <message>
        <source>export</source>
        <translation>Export</translation>
    </message>
    <message>
        <source>Frame %1 of stream %2 (%3)</source>
        <translation>Bild %1 von Strom %2 (%3)</translation>
    </message>
    <message>
        <source>%1: %2 after %3 ms in the queue</source>
        <translation>%1: %2 nach %3 ms in der Warteschlange</translation>
    </message>
    <message>
        <source>%1: %2, %3 ms in all; %4 ms in the queue, %5 ms in a batch of %6 on worker %7, %8 ms to the full frame, %9 ms until it was taken</source>
        <translation>%1: %2, insgesamt %3 ms; %4 ms in der Warteschlange, %5 ms in einem Stapel von %6 auf Worker %7, %8 ms bis zum ganzen Bild, %9 ms bis zur Abnahme</translation>
    </message>
</context>
<context>
    <name>HelpActions</name>
    <message>
        <source>Save &amp;Diagnostics…</source>
        <translation>&amp;Diagnose speichern…</translation>
    </message>
    <message>
        <source>Write what a developer needs to find a fault into a ZIP file: versions, figures, settings and the log, no pictures and no sound</source>
        <translation>Schreibt in eine ZIP-Datei, was ein Entwickler zur Fehlersuche braucht: Versionen, Messwerte, Einstellungen und Protokoll, keine Bilder und keinen Ton</translation>
    </message>
    <message>
        <source>&amp;Welcome</source>
        <translation>&amp;Willkommen</translation>
    </message>
    <message>
        <source>Show what to begin with</source>
        <translation>Zeigt, womit man anfangen kann</translation>
    </message>
</context>
<context>
    <name>LibraryActions</name>
    <message>
        <source>Put Avatar on the &amp;Desk</source>
        <translation>Avatar auf das &amp;Pult legen</translation>
    </message>
    <message>
        <source>Preview and export with the avatar chosen in the library</source>
        <translation>Vorschau und Export mit dem Avatar, der in der Bibliothek gewählt ist</translation>
    </message>
    <message>
        <source>&amp;Check Avatar</source>
        <translation>Avatar &amp;prüfen</translation>
    </message>
    <message>
        <source>Read all of the chosen avatar and say whether it is whole</source>
        <translation>Liest den ganzen gewählten Avatar und sagt, ob er heil ist</translation>
    </message>
    <message>
        <source>Show Avatar&apos;s &amp;Folder</source>
        <translation>&amp;Ordner des Avatars zeigen</translation>
    </message>
    <message>
        <source>Show the chosen avatar in the file browser</source>
        <translation>Zeigt den gewählten Avatar im Dateimanager</translation>
    </message>
    <message>
        <source>&amp;Remove Avatar from the List</source>
        <translation>Avatar aus der &amp;Liste nehmen</translation>
    </message>
    <message>
        <source>Take the chosen avatar from the list; its files stay</source>
        <translation>Nimmt den gewählten Avatar aus der Liste; seine Dateien bleiben</translation>
    </message>
    <message>
        <source>Put &amp;Voice on the Desk</source>
        <translation>&amp;Stimme auf das Pult legen</translation>
    </message>
    <message>
        <source>Preview and export with the voice chosen in the library</source>
        <translation>Vorschau und Export mit der Stimme, die in der Bibliothek gewählt ist</translation>
    </message>
    <message>
        <source>Show Voice&apos;s F&amp;older</source>
        <translation>O&amp;rdner der Stimme zeigen</translation>
    </message>
    <message>
        <source>Show the folder of the chosen voice in the file browser</source>
        <translation>Zeigt den Ordner der gewählten Stimme im Dateimanager</translation>
    </message>
    <message>
        <source>Remove Voice from the &amp;List</source>
        <translation>Stimme aus der L&amp;iste nehmen</translation>
    </message>
    <message>
        <source>Take the chosen voice from the list; its file stays</source>
        <translation>Nimmt die gewählte Stimme aus der Liste; ihre Datei bleibt</translation>
    </message>
</context>
<context>
    <name>LiveActions</name>
    <message>
        <source>Speak &amp;Live</source>
        <translation>&amp;Live sprechen</translation>
    </message>
    <message>
        <source>The avatar speaks what the microphone hears</source>
        <translation>Der Avatar spricht, was das Mikrofon hört</translation>
    </message>
    <message>
        <source>&amp;Interrupt</source>
        <translation>&amp;Unterbrechen</translation>
    </message>
    <message>
        <source>Stop the mouth at once and forget what was heard; the microphone stays on</source>
        <translation>Hält den Mund sofort an und vergisst das Gehörte; das Mikrofon bleibt an</translation>
    </message>
</context>
<context>
    <name>LogActions</name>
    <message>
        <source>Co&amp;py Log</source>
        <translation>Protokoll &amp;kopieren</translation>
    </message>
    <message>
        <source>Copy the chosen records, or all that are listed, as text</source>
        <translation>Kopiert die gewählten Einträge oder alle gezeigten als Text</translation>
    </message>
    <message>
        <source>Clear &amp;Log</source>
        <translation>Protokoll &amp;leeren</translation>
    </message>
    <message>
        <source>Take all records out of the list</source>
        <translation>Nimmt alle Einträge aus der Liste</translation>
    </message>
</context>
<context>
    <name>OperationActions</name>
    <message>
        <source>&amp;Import Avatar…</source>
        <translation>Avatar &amp;importieren…</translation>
    </message>
    <message>
        <source>Make an avatar of a data set, package or video and a network of another tool</source>
        <translation>Macht einen Avatar aus einem Datensatz, Paket oder Video und dem Netz eines anderen Programms</translation>
    </message>
    <message>
        <source>&amp;Prepare Avatar…</source>
        <translation>Avatar &amp;vorbereiten…</translation>
    </message>
    <message>
        <source>Make an avatar, to be trained, of a video of a talking person</source>
        <translation>Macht aus dem Video eines sprechenden Menschen einen Avatar, der trainiert werden kann</translation>
    </message>
    <message>
        <source>&amp;Train Avatar…</source>
        <translation>Avatar &amp;trainieren…</translation>
    </message>
    <message>
        <source>Teach a prepared or trained avatar its speaker&apos;s mouth</source>
        <translation>Lehrt einen vorbereiteten oder trainierten Avatar den Mund seines Sprechers</translation>
    </message>
</context>
<context>
    <name>PaletteActions</name>
    <message>
        <source>&amp;Command Palette…</source>
        <translation>&amp;Befehlspalette…</translation>
    </message>
    <message>
        <source>Find and run any command by a few letters</source>
        <translation>Findet jeden Befehl durch ein paar Buchstaben und führt ihn aus</translation>
    </message>
</context>
<context>
    <name>PlanPresets</name>
    <message>
        <source>Several GPUs</source>
        <translation>Mehrere GPUs</translation>
    </message>
    <message>
        <source>A worker on each device: the work is shared by what each can do.</source>
        <translation>Ein Worker auf jedem Gerät: Die Arbeit wird danach geteilt, was jedes kann.</translation>
    </message>
    <message>
        <source>This machine has only one device to compute on.</source>
        <translation>Dieser Rechner hat nur ein Gerät zum Rechnen.</translation>
    </message>
    <message>
        <source>One at a time</source>
        <translation>Einzeln nacheinander</translation>
    </message>
    <message>
        <source>One worker computes one frame after the other: the least memory, the shortest way of a single frame, the fewest frames a second.</source>
        <translation>Ein Worker rechnet ein Bild nach dem anderen: am wenigsten Speicher, der kürzeste Weg eines einzelnen Bildes, die wenigsten Bilder je Sekunde.</translation>
    </message>
    <message>
        <source>Request batching</source>
        <translation>Anfragen stapeln</translation>
    </message>
    <message>
        <source>One worker waits up to 20 ms for batches of 8: more frames a second, each a little later.</source>
        <translation>Ein Worker wartet bis zu 20 ms auf Stapel von 8: mehr Bilder je Sekunde, jedes etwas später.</translation>
    </message>
    <message>
        <source>Several processes</source>
        <translation>Mehrere Prozesse</translation>
    </message>
    <message>
        <source>Workers in processes of their own: the crash of one costs no frame, each takes its own memory.</source>
        <translation>Worker in eigenen Prozessen: Der Absturz eines Workers kostet kein Bild, jeder braucht eigenen Speicher.</translation>
    </message>
    <message>
        <source>Hybrid</source>
        <translation>Gemischt</translation>
    </message>
    <message>
        <source>Several workers that wait up to 10 ms for batches of 4: many viewers at once.</source>
        <translation>Mehrere Worker, die bis zu 10 ms auf Stapel von 4 warten: viele Zuschauer zugleich.</translation>
    </message>
    <message>
        <source>Adaptive (tuned)</source>
        <translation>Anpassend (abgestimmt)</translation>
    </message>
    <message>
        <source>What Auto-tune found best for this avatar here: idle workers take what is there, as much as deadlines allow.</source>
        <translation>Was die Abstimmung für diesen Avatar hier am besten fand: Freie Worker nehmen, was da ist, soviel die Fristen erlauben.</translation>
    </message>
    <message>
        <source>Auto-tune has not run for this avatar on this machine yet.</source>
        <translation>Für diesen Avatar wurde auf diesem Rechner noch nicht abgestimmt.</translation>
    </message>
</context>
<context>
    <name>PlanTexts</name>
    <message>
        <source>%1 × %2</source>
        <translation>%1 × %2</translation>
    </message>
    <message>
        <source>Threads</source>
        <translation>Threads</translation>
    </message>
    <message>
        <source>Processes</source>
        <translation>Prozesse</translation>
    </message>
    <message>
        <source>bf16 (16 bits, wide range)</source>
        <translation>bf16 (16 Bit, weiter Bereich)</translation>
    </message>
    <message>
        <source>fp16 (16 bits)</source>
        <translation>fp16 (16 Bit)</translation>
    </message>
    <message>
        <source>fp32 (full)</source>
        <translation>fp32 (voll)</translation>
    </message>
    <message>
        <source>In turn</source>
        <translation>Reihum</translation>
    </message>
    <message>
        <source>Fewest waiting</source>
        <translation>Wenigste Wartende</translation>
    </message>
    <message>
        <source>Better of two at random</source>
        <translation>Besserer von zwei zufälligen</translation>
    </message>
    <message>
        <source>Earliest finish</source>
        <translation>Frühestes Ende</translation>
    </message>
    <message>
        <source>Starting</source>
        <translation>Startet</translation>
    </message>
    <message>
        <source>Preparing</source>
        <translation>Bereitet sich vor</translation>
    </message>
    <message>
        <source>Idle</source>
        <translation>Frei</translation>
    </message>
    <message>
        <source>Busy</source>
        <translation>Rechnet</translation>
    </message>
    <message>
        <source>Hangs</source>
        <translation>Hängt</translation>
    </message>
    <message>
        <source>Lost, restarting</source>
        <translation>Verloren, startet neu</translation>
    </message>
    <message>
        <source>Stopping</source>
        <translation>Hält an</translation>
    </message>
    <message>
        <source>Failed</source>
        <translation>Misslungen</translation>
    </message>
    <message>
        <source>%1 as processes, batches up to %2 after at most %3 ms, %4</source>
        <translation>%1 als Prozesse, Stapel bis %2 nach höchstens %3 ms, %4</translation>
    </message>
    <message>
        <source>%1 as threads, batches up to %2 after at most %3 ms, %4</source>
        <translation>%1 als Threads, Stapel bis %2 nach höchstens %3 ms, %4</translation>
    </message>
    <message>
        <source>%1 as processes, batches up to %2, %3</source>
        <translation>%1 als Prozesse, Stapel bis %2, %3</translation>
    </message>
    <message>
        <source>%1 as threads, batches up to %2, %3</source>
        <translation>%1 als Threads, Stapel bis %2, %3</translation>
    </message>
</context>
<context>
    <name>PreviewActions</name>
    <message>
        <source>L&amp;oop</source>
        <translation>&amp;Schleife</translation>
    </message>
    <message>
        <source>Play a part, or all of it, over and over</source>
        <translation>Spielt einen Teil oder alles immer wieder</translation>
    </message>
    <message>
        <source>&amp;Begin Loop Here</source>
        <translation>Schleife hier &amp;beginnen</translation>
    </message>
    <message>
        <source>Let the loop begin with this frame</source>
        <translation>Lässt die Schleife mit diesem Bild beginnen</translation>
    </message>
    <message>
        <source>&amp;End Loop Here</source>
        <translation>Schleife hier b&amp;eenden</translation>
    </message>
    <message>
        <source>Let the loop end with this frame</source>
        <translation>Lässt die Schleife mit diesem Bild enden</translation>
    </message>
    <message>
        <source>Picture E&amp;arlier</source>
        <translation>Bild &amp;früher</translation>
    </message>
    <message>
        <source>Show the picture 10 ms earlier against the sound</source>
        <translation>Zeigt das Bild gegenüber dem Ton 10 ms früher</translation>
    </message>
    <message>
        <source>Picture La&amp;ter</source>
        <translation>Bild s&amp;päter</translation>
    </message>
    <message>
        <source>Show the picture 10 ms later against the sound</source>
        <translation>Zeigt das Bild gegenüber dem Ton 10 ms später</translation>
    </message>
    <message>
        <source>Picture with the Soun&amp;d</source>
        <translation>Bild mit dem &amp;Ton</translation>
    </message>
    <message>
        <source>Show the picture neither earlier nor later than its sound</source>
        <translation>Zeigt das Bild weder früher noch später als seinen Ton</translation>
    </message>
    <message>
        <source>&amp;Mute</source>
        <translation>Stu&amp;mm</translation>
    </message>
    <message>
        <source>Silence the voice</source>
        <translation>Schaltet die Stimme stumm</translation>
    </message>
    <message>
        <source>Lo&amp;uder</source>
        <translation>&amp;Lauter</translation>
    </message>
    <message>
        <source>Make the voice louder</source>
        <translation>Macht die Stimme lauter</translation>
    </message>
    <message>
        <source>&amp;Quieter</source>
        <translation>L&amp;eiser</translation>
    </message>
    <message>
        <source>Make the voice quieter</source>
        <translation>Macht die Stimme leiser</translation>
    </message>
    <message>
        <source>&amp;Save Frame…</source>
        <translation>Bild &amp;speichern…</translation>
    </message>
    <message>
        <source>Save the picture that is shown as a PNG file</source>
        <translation>Speichert das gezeigte Bild als PNG-Datei</translation>
    </message>
    <message>
        <source>&amp;Before and After</source>
        <translation>&amp;Vorher und nachher</translation>
    </message>
    <message>
        <source>Show the frame as it was filmed left of a line that can be dragged</source>
        <translation>Zeigt links von einer ziehbaren Linie das Bild, wie es gefilmt wurde</translation>
    </message>
    <message>
        <source>Move Line L&amp;eft</source>
        <translation>Linie nach l&amp;inks</translation>
    </message>
    <message>
        <source>Show less of the frame as it was filmed</source>
        <translation>Zeigt weniger vom Bild, wie es gefilmt wurde</translation>
    </message>
    <message>
        <source>Move Line R&amp;ight</source>
        <translation>Linie nach &amp;rechts</translation>
    </message>
    <message>
        <source>Show more of the frame as it was filmed</source>
        <translation>Zeigt mehr vom Bild, wie es gefilmt wurde</translation>
    </message>
    <message>
        <source>&amp;Fit Picture</source>
        <translation>Bild ein&amp;passen</translation>
    </message>
    <message>
        <source>Show all of the picture as large as it fits</source>
        <translation>Zeigt das ganze Bild so groß, wie es passt</translation>
    </message>
    <message>
        <source>&amp;Actual Size</source>
        <translation>&amp;Originalgröße</translation>
    </message>
    <message>
        <source>Show a pixel of the picture as a pixel of the screen</source>
        <translation>Zeigt ein Pixel des Bildes als ein Pixel des Bildschirms</translation>
    </message>
    <message>
        <source>&amp;Zoom In</source>
        <translation>Ver&amp;größern</translation>
    </message>
    <message>
        <source>Enlarge the picture</source>
        <translation>Vergrößert das Bild</translation>
    </message>
    <message>
        <source>Zoom O&amp;ut</source>
        <translation>Ver&amp;kleinern</translation>
    </message>
    <message>
        <source>Make the picture smaller</source>
        <translation>Verkleinert das Bild</translation>
    </message>
    <message>
        <source>Figures &amp;over the Picture</source>
        <translation>Messwerte über dem &amp;Bild</translation>
    </message>
    <message>
        <source>Show frames a second, delay, dropped frames and sound against picture</source>
        <translation>Zeigt Bilder je Sekunde, Verzögerung, verworfene Bilder und Ton gegen Bild</translation>
    </message>
    <message>
        <source>Full-Screen &amp;Preview</source>
        <translation>Vorschau als &amp;Vollbild</translation>
    </message>
    <message>
        <source>Fill the screen with the preview; Escape ends it</source>
        <translation>Füllt den Bildschirm mit der Vorschau; Escape beendet es</translation>
    </message>
</context>
<context>
    <name>ProjectActions</name>
    <message>
        <source>&amp;New Project</source>
        <translation>&amp;Neues Projekt</translation>
    </message>
    <message>
        <source>Start a project with the avatar and the voice that are open</source>
        <translation>Beginnt ein Projekt mit dem offenen Avatar und der offenen Stimme</translation>
    </message>
    <message>
        <source>O&amp;pen Project…</source>
        <translation>Projekt ö&amp;ffnen…</translation>
    </message>
    <message>
        <source>Open a saved project</source>
        <translation>Öffnet ein gespeichertes Projekt</translation>
    </message>
    <message>
        <source>&amp;Save Project</source>
        <translation>Projekt &amp;speichern</translation>
    </message>
    <message>
        <source>Save the project to its file</source>
        <translation>Speichert das Projekt in seine Datei</translation>
    </message>
    <message>
        <source>Save Project &amp;As…</source>
        <translation>Projekt speichern &amp;unter…</translation>
    </message>
    <message>
        <source>Save the project to another file</source>
        <translation>Speichert das Projekt in eine andere Datei</translation>
    </message>
    <message>
        <source>&amp;Clear Recent Projects</source>
        <translation>&amp;Liste der letzten Projekte leeren</translation>
    </message>
    <message>
        <source>Forget which projects were opened last; their files stay</source>
        <translation>Vergisst, welche Projekte zuletzt offen waren; ihre Dateien bleiben</translation>
    </message>
    <message>
        <source>&amp;Undo</source>
        <translation>&amp;Rückgängig</translation>
    </message>
    <message>
        <source>Take the last change of the project back</source>
        <translation>Nimmt die letzte Änderung am Projekt zurück</translation>
    </message>
    <message>
        <source>&amp;Redo</source>
        <translation>&amp;Wiederherstellen</translation>
    </message>
    <message>
        <source>Make the change again that was taken back</source>
        <translation>Macht die zurückgenommene Änderung noch einmal</translation>
    </message>
</context>
<context>
    <name>ProjectFile</name>
    <message>
        <source>The project %1 cannot be read: check that it is there and may be read.</source>
        <translation>Das Projekt %1 kann nicht gelesen werden: Prüfen Sie, ob es da ist und gelesen werden darf.</translation>
    </message>
    <message>
        <source>The project %1 cannot be written: check the folder, its rights and its free space.</source>
        <translation>Das Projekt %1 kann nicht geschrieben werden: Prüfen Sie den Ordner, seine Rechte und den freien Platz.</translation>
    </message>
    <message>
        <source>%1 is too large for a project of the studio: choose another file.</source>
        <translation>%1 ist zu groß für ein Projekt des Studios: Wählen Sie eine andere Datei.</translation>
    </message>
    <message>
        <source>%1 is no project of the studio, or it is damaged: choose another file, or a backup of it.</source>
        <translation>%1 ist kein Projekt des Studios oder beschädigt: Wählen Sie eine andere Datei oder eine Sicherung davon.</translation>
    </message>
    <message>
        <source>%1 was written by a newer studio: open it with that one.</source>
        <translation>%1 wurde von einem neueren Studio geschrieben: Öffnen Sie es damit.</translation>
    </message>
    <message>
        <source>%1 cannot be opened because its field “%2” makes no sense: take a backup of it, or mend the field in a text editor.</source>
        <translation>%1 kann nicht geöffnet werden, weil das Feld „%2“ keinen Sinn ergibt: Nehmen Sie eine Sicherung, oder berichtigen Sie das Feld in einem Texteditor.</translation>
    </message>
</context>
<context>
    <name>ProjectPaths</name>
    <message>
        <source>The avatar %1 of the project is not there any more: put it back, or open another one.</source>
        <translation>Der Avatar %1 des Projekts ist nicht mehr da: Legen Sie ihn zurück, oder öffnen Sie einen anderen.</translation>
    </message>
    <message>
        <source>The voice %1 of the project is not there any more: put it back, or open another one.</source>
        <translation>Die Stimme %1 des Projekts ist nicht mehr da: Legen Sie sie zurück, oder öffnen Sie eine andere.</translation>
    </message>
    <message>
        <source>The avatar %1 of an export in the queue is not there any more: put it back, or remove the export.</source>
        <translation>Der Avatar %1 eines Exports in der Warteschlange ist nicht mehr da: Legen Sie ihn zurück, oder entfernen Sie den Export.</translation>
    </message>
    <message>
        <source>The voice %1 of an export in the queue is not there any more: put it back, or remove the export.</source>
        <translation>Die Stimme %1 eines Exports in der Warteschlange ist nicht mehr da: Legen Sie sie zurück, oder entfernen Sie den Export.</translation>
    </message>
    <message>
        <source>The features %1 of an export in the queue are not there any more: put them back, or remove the export.</source>
        <translation>Die Merkmale %1 eines Exports in der Warteschlange sind nicht mehr da: Legen Sie sie zurück, oder entfernen Sie den Export.</translation>
    </message>
</context>
<context>
    <name>ServedTexts</name>
    <message>
        <source>done</source>
        <translation>fertig</translation>
    </message>
    <message>
        <source>makes no sense</source>
        <translation>ergibt keinen Sinn</translation>
    </message>
    <message>
        <source>no such avatar</source>
        <translation>kein solcher Avatar</translation>
    </message>
    <message>
        <source>not ready</source>
        <translation>nicht bereit</translation>
    </message>
    <message>
        <source>overloaded</source>
        <translation>überlastet</translation>
    </message>
    <message>
        <source>too late</source>
        <translation>zu spät</translation>
    </message>
    <message>
        <source>cancelled</source>
        <translation>abgebrochen</translation>
    </message>
    <message>
        <source>server stops</source>
        <translation>Server hält an</translation>
    </message>
    <message>
        <source>no valid token</source>
        <translation>kein gültiges Token</translation>
    </message>
    <message>
        <source>not allowed</source>
        <translation>nicht erlaubt</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>gescheitert</translation>
    </message>
</context>
<context>
    <name>ServerActions</name>
    <message>
        <source>Sta&amp;rt Server</source>
        <translation>Se&amp;rver starten</translation>
    </message>
    <message>
        <source>Let other programs use the avatars and workers of the studio, or stop that after the calls under way</source>
        <translation>Andere Programme die Avatare und Worker des Studios nutzen lassen, oder das nach den laufenden Aufrufen beenden</translation>
    </message>
    <message>
        <source>Show Ser&amp;ver</source>
        <translation>Ser&amp;ver zeigen</translation>
    </message>
    <message>
        <source>Show the panel of the server and go to it</source>
        <translation>Das Bedienfeld des Servers zeigen und dorthin gehen</translation>
    </message>
    <message>
        <source>&amp;Copy Address</source>
        <translation>Adresse &amp;kopieren</translation>
    </message>
    <message>
        <source>Copy the address at which clients reach the server</source>
        <translation>Die Adresse kopieren, unter der Clients den Server erreichen</translation>
    </message>
    <message>
        <source>Copy Address of &amp;Metrics</source>
        <translation>Adresse der &amp;Messwerte kopieren</translation>
    </message>
    <message>
        <source>Copy the address of the page of numbers, for Prometheus</source>
        <translation>Die Adresse der Seite mit Messwerten kopieren, für Prometheus</translation>
    </message>
    <message>
        <source>&amp;New Token File…</source>
        <translation>&amp;Neue Token-Datei…</translation>
    </message>
    <message>
        <source>Make a file with a random token that clients have to show, and ask for it from now on</source>
        <translation>Eine Datei mit einem zufälligen Token anlegen, das Clients vorzeigen müssen, und es von nun an verlangen</translation>
    </message>
    <message>
        <source>Copy &amp;Token</source>
        <translation>&amp;Token kopieren</translation>
    </message>
    <message>
        <source>Copy the first token of the token file, for a client</source>
        <translation>Das erste Token der Token-Datei für einen Client kopieren</translation>
    </message>
</context>
<context>
    <name>ServerSetting</name>
    <message>
        <source>General</source>
        <translation>Allgemein</translation>
    </message>
    <message>
        <source>Start the server with the studio</source>
        <translation>Den Server mit dem Studio starten</translation>
    </message>
    <message>
        <source>Other programs can use the studio as soon as it runs; the Server panel has the rest.</source>
        <translation>Andere Programme können das Studio nutzen, sobald es läuft; alles andere steht im Bedienfeld Server.</translation>
    </message>
</context>
<context>
    <name>ServerSettings</name>
    <message>
        <source>Other machines reach this address: give a token file, or certificates of the clients.</source>
        <translation>Andere Rechner erreichen diese Adresse: Geben Sie eine Token-Datei oder Zertifikate der Clients an.</translation>
    </message>
    <message>
        <source>Without a certificate whoever listens in the network can read tokens, voices and pictures.</source>
        <translation>Ohne Zertifikat kann jeder, der im Netz mithört, Tokens, Stimmen und Bilder lesen.</translation>
    </message>
</context>
<context>
    <name>SettingsActions</name>
    <message>
        <source>&amp;Settings…</source>
        <translation>&amp;Einstellungen…</translation>
    </message>
    <message>
        <source>Language, appearance and how the studio behaves</source>
        <translation>Sprache, Aussehen und Verhalten des Studios</translation>
    </message>
    <message>
        <source>S&amp;hortcuts…</source>
        <translation>Tasten&amp;kürzel…</translation>
    </message>
    <message>
        <source>Look up and change the shortcut of every command</source>
        <translation>Zeigt und ändert das Tastenkürzel jedes Befehls</translation>
    </message>
</context>
<context>
    <name>StudioActions</name>
    <message>
        <source>Open &amp;Avatar…</source>
        <translation>&amp;Avatar öffnen…</translation>
    </message>
    <message>
        <source>Open an avatar folder</source>
        <translation>Öffnet den Ordner eines Avatars</translation>
    </message>
    <message>
        <source>Open &amp;Voice…</source>
        <translation>&amp;Stimme öffnen…</translation>
    </message>
    <message>
        <source>Open a sound file that the avatar speaks</source>
        <translation>Öffnet eine Tondatei, die der Avatar spricht</translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation>&amp;Beenden</translation>
    </message>
    <message>
        <source>Close the studio</source>
        <translation>Schließt das Studio</translation>
    </message>
    <message>
        <source>&amp;Play</source>
        <translation>&amp;Abspielen</translation>
    </message>
    <message>
        <source>Play or pause</source>
        <translation>Spielt ab oder hält an</translation>
    </message>
    <message>
        <source>P&amp;revious Frame</source>
        <translation>&amp;Voriges Bild</translation>
    </message>
    <message>
        <source>One frame back</source>
        <translation>Ein Bild zurück</translation>
    </message>
    <message>
        <source>&amp;Next Frame</source>
        <translation>&amp;Nächstes Bild</translation>
    </message>
    <message>
        <source>One frame forward</source>
        <translation>Ein Bild vor</translation>
    </message>
    <message>
        <source>&amp;First Frame</source>
        <translation>&amp;Erstes Bild</translation>
    </message>
    <message>
        <source>To the beginning</source>
        <translation>Zum Anfang</translation>
    </message>
    <message>
        <source>&amp;Last Frame</source>
        <translation>&amp;Letztes Bild</translation>
    </message>
    <message>
        <source>To the end</source>
        <translation>Zum Ende</translation>
    </message>
    <message>
        <source>&amp;Dark Theme</source>
        <translation>&amp;Dunkle Farben</translation>
    </message>
    <message>
        <source>Light text on dark</source>
        <translation>Helle Schrift auf dunklem Grund</translation>
    </message>
    <message>
        <source>&amp;Light Theme</source>
        <translation>&amp;Helle Farben</translation>
    </message>
    <message>
        <source>Dark text on light</source>
        <translation>Dunkle Schrift auf hellem Grund</translation>
    </message>
    <message>
        <source>&amp;High-Contrast Theme</source>
        <translation>H&amp;oher Kontrast</translation>
    </message>
    <message>
        <source>White and yellow on black</source>
        <translation>Weiß und Gelb auf Schwarz</translation>
    </message>
    <message>
        <source>Theme</source>
        <translation>Farben</translation>
    </message>
    <message>
        <source>Switch to the next theme: dark, light, high contrast</source>
        <translation>Wechselt die Farben: dunkel, hell, hoher Kontrast</translation>
    </message>
    <message>
        <source>&amp;Larger Text</source>
        <translation>Schrift &amp;größer</translation>
    </message>
    <message>
        <source>Make all text larger, up to twice the system&apos;s size</source>
        <translation>Macht alle Schrift größer, bis zum Doppelten des Systems</translation>
    </message>
    <message>
        <source>&amp;Smaller Text</source>
        <translation>Schrift &amp;kleiner</translation>
    </message>
    <message>
        <source>Make all text smaller</source>
        <translation>Macht alle Schrift kleiner</translation>
    </message>
    <message>
        <source>&amp;Normal Text</source>
        <translation>&amp;Normale Schrift</translation>
    </message>
    <message>
        <source>Give all text the system&apos;s size</source>
        <translation>Gibt aller Schrift die Größe des Systems</translation>
    </message>
    <message>
        <source>&amp;Full Screen</source>
        <translation>&amp;Vollbild</translation>
    </message>
    <message>
        <source>Fill the screen with the window</source>
        <translation>Füllt den Bildschirm mit dem Fenster</translation>
    </message>
    <message>
        <source>&amp;Reset Layout</source>
        <translation>Anordnung &amp;zurücksetzen</translation>
    </message>
    <message>
        <source>Put every panel back where it was at first</source>
        <translation>Setzt jeden Bereich dorthin, wo er anfangs war</translation>
    </message>
    <message>
        <source>&amp;About LipSync Studio</source>
        <translation>Ü&amp;ber LipSync Studio</translation>
    </message>
    <message>
        <source>N&amp;ext Panel</source>
        <translation>N&amp;ächster Bereich</translation>
    </message>
    <message>
        <source>Go on to the next visible panel</source>
        <translation>Geht zum nächsten sichtbaren Bereich</translation>
    </message>
    <message>
        <source>P&amp;revious Panel</source>
        <translation>Vo&amp;riger Bereich</translation>
    </message>
    <message>
        <source>Go back to the visible panel before</source>
        <translation>Geht zum vorigen sichtbaren Bereich zurück</translation>
    </message>
    <message>
        <source>Version, licence, and the libraries with their licences</source>
        <translation>Version, Lizenz und die Bibliotheken mit ihren Lizenzen</translation>
    </message>
</context>
<context>
    <name>StudioPanels</name>
    <message>
        <source>Library</source>
        <translation>Bibliothek</translation>
    </message>
    <message>
        <source>Concurrency</source>
        <translation>Nebenläufigkeit</translation>
    </message>
    <message>
        <source>Live</source>
        <translation>Live</translation>
    </message>
    <message>
        <source>Throughput</source>
        <translation>Durchsatz</translation>
    </message>
    <message>
        <source>Tuning Map</source>
        <translation>Abstimmungskarte</translation>
    </message>
    <message>
        <source>Comparison</source>
        <translation>Vergleich</translation>
    </message>
    <message>
        <source>Capacity</source>
        <translation>Kapazität</translation>
    </message>
    <message>
        <source>Export Queue</source>
        <translation>Export-Warteschlange</translation>
    </message>
    <message>
        <source>Trace</source>
        <translation>Zeitverlauf</translation>
    </message>
    <message>
        <source>Log</source>
        <translation>Protokoll</translation>
    </message>
    <message>
        <source>Server</source>
        <translation>Server</translation>
    </message>
</context>
<context>
    <name>StudioSettings</name>
    <message>
        <source>General</source>
        <translation>Allgemein</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>Sprache</translation>
    </message>
    <message>
        <source>The studio speaks another language when it is started again.</source>
        <translation>Das Studio spricht nach einem Neustart die andere Sprache.</translation>
    </message>
    <message>
        <source>Appearance</source>
        <translation>Aussehen</translation>
    </message>
    <message>
        <source>Theme</source>
        <translation>Farben</translation>
    </message>
    <message>
        <source>Colours of the whole studio.</source>
        <translation>Farben des ganzen Studios.</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>Dunkel</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>Hell</translation>
    </message>
    <message>
        <source>High contrast</source>
        <translation>Hoher Kontrast</translation>
    </message>
    <message>
        <source>Text size</source>
        <translation>Schriftgröße</translation>
    </message>
    <message>
        <source>Size of all text, in per cent of the system&apos;s.</source>
        <translation>Größe aller Schrift in Prozent der des Systems.</translation>
    </message>
    <message>
        <source> %</source>
        <translation> %</translation>
    </message>
    <message>
        <source>Open the last project at the start</source>
        <translation>Beim Start das letzte Projekt öffnen</translation>
    </message>
    <message>
        <source>Otherwise the studio starts with the demo.</source>
        <translation>Sonst beginnt das Studio mit der Vorführung.</translation>
    </message>
    <message>
        <source>Keep unsaved work after</source>
        <translation>Ungesichertes festhalten nach</translation>
    </message>
    <message>
        <source>So much work is lost at most when the machine or the studio breaks down.</source>
        <translation>So viel Arbeit geht höchstens verloren, wenn Rechner oder Studio ausfallen.</translation>
    </message>
    <message>
        <source> s</source>
        <translation> s</translation>
    </message>
</context>
<context>
    <name>TraceActions</name>
    <message>
        <source>Pause T&amp;race</source>
        <translation>&amp;Zeitverlauf anhalten</translation>
    </message>
    <message>
        <source>Hold the trace still to look at its frames</source>
        <translation>Hält den Zeitverlauf an, um seine Bilder zu betrachten</translation>
    </message>
    <message>
        <source>Zoom Trace In</source>
        <translation>Zeitverlauf vergrößern</translation>
    </message>
    <message>
        <source>Show a shorter time in the trace</source>
        <translation>Zeigt im Zeitverlauf eine kürzere Zeit</translation>
    </message>
    <message>
        <source>Zoom Trace Out</source>
        <translation>Zeitverlauf verkleinern</translation>
    </message>
    <message>
        <source>Show a longer time in the trace</source>
        <translation>Zeigt im Zeitverlauf eine längere Zeit</translation>
    </message>
    <message>
        <source>Save Trac&amp;e…</source>
        <translation>Zeitv&amp;erlauf speichern…</translation>
    </message>
    <message>
        <source>Write the last frames to a JSON file that Perfetto and Chrome open</source>
        <translation>Schreibt die letzten Bilder in eine JSON-Datei, die Perfetto und Chrome öffnen</translation>
    </message>
</context>
<context>
    <name>TuningActions</name>
    <message>
        <source>Auto-&amp;tune</source>
        <translation>Abs&amp;timmen</translation>
    </message>
    <message>
        <source>Search for the most frames a second that keep the goal; what is found is saved for this avatar and machine</source>
        <translation>Sucht die meisten Bilder je Sekunde, die das Ziel halten; das Ergebnis wird für diesen Avatar und Rechner gesichert</translation>
    </message>
    <message>
        <source>&amp;Measure Map</source>
        <translation>Karte &amp;messen</translation>
    </message>
    <message>
        <source>Measure every number of workers with every batch</source>
        <translation>Misst jede Zahl von Workern mit jeder Stapelgröße</translation>
    </message>
    <message>
        <source>Stop Mea&amp;suring</source>
        <translation>Me&amp;ssung abbrechen</translation>
    </message>
    <message>
        <source>Stop the measurement; the workers get their settings back</source>
        <translation>Bricht die Messung ab; die Worker bekommen ihre Einstellungen zurück</translation>
    </message>
    <message>
        <source>Apply T&amp;uned Settings</source>
        <translation>Abgestimmte Ei&amp;nstellungen anwenden</translation>
    </message>
    <message>
        <source>Change the running workers to what Auto-tune chose</source>
        <translation>Stellt die laufenden Worker auf das um, was die Abstimmung wählte</translation>
    </message>
</context>
<context>
    <name>lipsync::ui::AboutDialog</name>
    <message>
        <source>About LipSync Studio</source>
        <translation>Über LipSync Studio</translation>
    </message>
    <message>
        <source>About the studio</source>
        <translation>Über das Studio</translation>
    </message>
    <message>
        <source>What the studio is, what it stands on, and its licence</source>
        <translation>Was das Studio ist, worauf es steht, und seine Lizenz</translation>
    </message>
    <message>
        <source>&amp;Studio</source>
        <translation>&amp;Studio</translation>
    </message>
    <message>
        <source>&amp;Libraries</source>
        <translation>&amp;Bibliotheken</translation>
    </message>
    <message>
        <source>L&amp;icence</source>
        <translation>L&amp;izenz</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>Close this window</source>
        <translation>Schließt dieses Fenster</translation>
    </message>
    <message>
        <source>LipSync Studio %1</source>
        <translation>LipSync Studio %1</translation>
    </message>
    <message>
        <source>Real-time lip-sync of video avatars.</source>
        <translation>Lippensynchrone Videoavatare in Echtzeit.</translation>
    </message>
    <message>
        <source>Free software: you may use, study, share and change it under the GNU General Public License, version 3 or later. There is no warranty.</source>
        <translation>Freie Software: Sie dürfen sie unter der GNU General Public License, Version 3 oder später, benutzen, untersuchen, weitergeben und ändern. Es gibt keine Gewährleistung.</translation>
    </message>
    <message>
        <source>What it makes is synthetic media and says so in its metadata. Show people only with their consent.</source>
        <translation>Was es macht, sind künstliche Medien und sagt das in seinen Metadaten. Zeigen Sie Menschen nur mit ihrem Einverständnis.</translation>
    </message>
    <message>
        <source>Libraries and their licences</source>
        <translation>Bibliotheken und ihre Lizenzen</translation>
    </message>
    <message>
        <source>What the studio stands on, with thanks</source>
        <translation>Worauf das Studio steht, mit Dank</translation>
    </message>
    <message>
        <source>GNU General Public License</source>
        <translation>GNU General Public License</translation>
    </message>
    <message>
        <source>The licence of the studio, in its own words</source>
        <translation>Die Lizenz des Studios im Wortlaut</translation>
    </message>
</context>
<context>
    <name>lipsync::ui::ActionRegistry</name>
    <message>
        <source>%1 (%2)</source>
        <translation>%1 (%2)</translation>
    </message>
</context>
<context>
    <name>lipsync::ui::AvatarCopier</name>
    <message>
        <source>%1 exists already: choose another name.</source>
        <translation>%1 gibt es schon: Wählen Sie einen anderen Namen.</translation>
    </message>
    <message>
        <source>%1 cannot be written: %2. Choose another folder.</source>
        <translation>%1 kann nicht geschrieben werden: %2. Wählen Sie einen anderen Ordner.</translation>
    </message>
</context>
<context>
    <name>lipsync::ui::Banner</name>
    <message>
        <source>Message</source>
        <translation>Nachricht</translation>
    </message>
    <message>
        <source>Dismiss</source>
        <translation>Ausblenden</translation>
    </message>
    <message>
        <source>Hide this message</source>
        <translation>Blendet diese Nachricht aus</translation>
    </message>
    <message>
        <source>Dismiss message</source>
        <translation>Nachricht ausblenden</translation>
    </message>
</context>
<context>
    <name>lipsync::ui::BarDelegate</name>
    <message>
        <source>✓ %1</source>
        <comment>the best of its column</comment>
        <translation>✓ %1</translation>
    </message>
</context>
<context>
    <name>lipsync::ui::BatchChart</name>
    <message>
        <source>Batch sizes</source>
        <translation>Stapelgrößen</translation>
    </message>
    <message>
        <source>Batches by the number of frames in them, in the time that the other charts show: point at a bar or use the left and right arrow keys to read it</source>
        <translation>Stapel nach der Zahl ihrer Bilder in der Zeit, die die anderen Diagramme zeigen: Zeigen Sie auf einen Balken, oder lesen Sie ihn mit den Pfeiltasten ab</translation>
    </message>
    <message>
        <source>size %1: %2 batches (%3 %)</source>
        <translation>Größe %1: %2 Stapel (%3 %)</translation>
    </message>
    <message>
        <source>mean %1</source>
        <translation>Mittel %1</translation>
    </message>
    <message>
        <source>no batches</source>
        <translation>keine Stapel</translation>
    </message>
</context>
<context>
    <name>lipsync::ui::CapacityModel</name>
    <message>
        <source>Stopped.</source>
        <translation>Abgebrochen.</translation>
    </message>
    <message numerus="yes">
        <source>Yes: %n viewer(s) are served in time; up to %1 would be.</source>
        <translation>
            <numerusform>Ja: Ein Zuschauer wird rechtzeitig bedient; bis zu %1 wären es.</numerusform>
            <numerusform>Ja: %n Zuschauer werden rechtzeitig bedient; bis zu %1 wären es.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>No: %n viewer(s) are too many; up to %1 are served in time.</source>
        <translation>
            <numerusform>Nein: Ein Zuschauer ist zu viel; bis zu %1 werden rechtzeitig bedient.</numerusform>
            <numerusform>Nein: %n Zuschauer sind zu viele; bis zu %1 werden rechtzeitig bedient.</numerusform>
        </translation>
    </message>
    <message>
        <source>The question has changed meanwhile; ask again.</source>
        <translation>Die Frage hat sich inzwischen geändert; fragen Sie noch einmal.</translation>
    </message>
</context>
<context>
    <name>lipsync::ui::CapacityPanel</name>
    <message>
        <source>Settings asked about</source>
        <translation>Einstellungen, nach denen gefragt wird</translation>
    </message>
    <message>
        <source>State of the planner</source>
        <translation>Stand der Planung</translation>
    </message>
    <message>
        <source>Why the capacity cannot be planned</source>
        <translation>Warum die Kapazität nicht geplant werden kann</translation>
    </message>
    <message>
        <source>Whether the viewers are served in time</source>
        <translation>Ob die Zuschauer rechtzeitig bedient werden</translation>
    </message>
    <message>
        <source>What limits the viewers</source>
        <translation>Was die Zuschauer begrenzt</translation>
    </message>
    <message>
        <source>Capacity planner</source>
        <translation>Kapazitätsplanung</translation>
    </message>
    <message>
        <source> viewers</source>
        <translation> Zuschauer</translation>
    </message>
    <message>
        <source>&amp;Viewers</source>
        <translation>&amp;Zuschauer</translation>
    </message>
    <message>
        <source>Viewers at the same time</source>
        <translation>Zuschauer zugleich</translation>
    </message>
    <message>
        <source>How many people look at a talking avatar at the same time, at most 100000</source>
        <translation>Wie viele Menschen zugleich einem sprechenden Avatar zusehen, höchstens 100000</translation>
    </message>
    <message>
        <source> fps</source>
        <translation> B/s</translation>
    </message>
    <message>
        <source>&amp;Frame rate</source>
        <translation>&amp;Bildrate</translation>
    </message>
    <message>
        <source>Frame rate of a viewer</source>
        <translation>Bildrate eines Zuschauers</translation>
    </message>
    <message>
        <source>Frames a second that a viewer sees while the avatar talks, 1 to 240</source>
        <translation>Bilder je Sekunde, die ein Zuschauer sieht, während der Avatar spricht, 1 bis 240</translation>
    </message>
    <message>
        <source> %</source>
        <translation> %</translation>
    </message>
    <message>
        <source>T&amp;alks</source>
        <translation>S&amp;pricht</translation>
    </message>
    <message>
        <source>Share of the time in which the avatar talks</source>
        <translation>Anteil der Zeit, in der der Avatar spricht</translation>
    </message>
    <message>
        <source>An avatar that listens costs nothing: 1 to 100 % of the time in which it talks</source>
        <translation>Ein zuhörender Avatar kostet nichts: 1 bis 100 % der Zeit, in der er spricht</translation>
    </message>
    <message>
        <source> ms</source>
        <translation> ms</translation>
    </message>
    <message>
        <source>&amp;Goal for p99</source>
        <translation>Zi&amp;el für p99</translation>
    </message>
    <message>
        <source>Goal for the p99</source>
        <translation>Ziel für p99</translation>
    </message>
    <message>
        <source>99 of 100 frames are to be there after so long, 1 to 10000 ms</source>
        <translation>99 von 100 Bildern sollen nach so langer Zeit da sein, 1 bis 10000 ms</translation>
    </message>
    <message>
        <source> times</source>
        <translation> Mal</translation>
    </message>
    <message>
        <source>&amp;Devices</source>
        <translation>&amp;Geräte</translation>
    </message>
    <message>
        <source>So many times the devices of the settings</source>
        <translation>So viel Mal die Geräte der Einstellungen</translation>
    </message>
    <message>
        <source>What more machines or GPUs like these would bring, 1 to 256 times the devices of the settings</source>
        <translation>Was mehr solche Rechner oder GPUs brächten, 1 bis 256 Mal die Geräte der Einstellungen</translation>
    </message>
    <message>
        <source>The planner is at work</source>
        <translation>Die Planung läuft</translation>
    </message>
    <message>
        <source>What a frame costs is measured, then viewers are tried in virtual time</source>
        <translation>Erst wird gemessen, was ein Bild kostet, dann werden Zuschauer in gedachter Zeit durchgespielt</translation>
    </message>
    <message>
        <source>Most viewers</source>
        <translation>Höchstzahl an Zuschauern</translation>
    </message>
    <message>
        <source>p99</source>
        <translation>p99</translation>
    </message>
    <message>
        <source>Late frames</source>
        <translation>Verspätete Bilder</translation>
    </message>
    <message>
        <source>Workers in use</source>
        <translation>Auslastung der Worker</translation>
    </message>
    <message>
        <source>Mean batch</source>
        <translation>Mittlerer Stapel</translation>
    </message>
    <message>
        <source>Asked about: %1, as in the concurrency panel.</source>
        <translation>Gefragt ist nach: %1, wie im Bereich Nebenläufigkeit.</translation>
    </message>
    <message>
        <source>Open an avatar first: what its frames cost is measured.</source>
        <translation>Öffnen Sie zuerst einen Avatar: Gemessen wird, was seine Bilder kosten.</translation>
    </message>
    <message>
        <source>Say how many viewers there will be and how fast frames must come, then press Plan Capacity.</source>
        <translation>Sagen Sie, wie viele Zuschauer es werden und wie schnell Bilder kommen müssen, und drücken Sie dann Kapazität planen.</translation>
    </message>
    <message>
        <source>%1 %</source>
        <translation>%1 %</translation>
    </message>
    <message>
        <source>%1 ms</source>
        <translation>%1 ms</translation>
    </message>
</context>
<context>
    <name>lipsync::ui::ChartsPanel</name>
    <message>
        <source>%1 fps</source>
        <translation>%1 B/s</translation>
    </message>
    <message>
        <source>– fps</source>
        <translation>– B/s</translation>
    </message>
    <message>
        <source>p50 %1 ms</source>
        <translation>p50 %1 ms</translation>
    </message>
    <message>
        <source>p50 – ms</source>
        <translation>p50 – ms</translation>
    </message>
    <message>
        <source>p95 %1 ms</source>
        <translation>p95 %1 ms</translation>
    </message>
    <message>
        <source>p95 – ms</source>
        <translation>p95 – ms</translation>
    </message>
    <message>
        <source>p99 %1 ms</source>
        <translation>p99 %1 ms</translation>
    </message>
    <message>
        <source>p99 – ms</source>
        <translation>p99 – ms</translation>
    </message>
    <message>
        <source>preview %1</source>
        <translation>Vorschau %1</translation>
    </message>
    <message>
        <source>preview –</source>
        <translation>Vorschau –</translation>
    </message>
    <message>
        <source>live %1</source>
        <translation>live %1</translation>
    </message>
    <message>
        <source>live –</source>
        <translation>live –</translation>
    </message>
    <message>
        <source>export %1</source>
        <translation>Export %1</translation>
    </message>
    <message>
        <source>export –</source>
        <translation>Export –</translation>
    </message>
    <message>
        <source>%1 %2 %</source>
        <translation>%1 %2 %</translation>
    </message>
    <message>
        <source>%1 – %</source>
        <translation>%1 – %</translation>
    </message>
    <message>
        <source>studio %1 GB</source>
        <translation>Studio %1 GB</translation>
    </message>
    <message>
        <source>studio – GB</source>
        <translation>Studio – GB</translation>
    </message>
    <message>
        <source>workers %1 GB</source>
        <translation>Worker %1 GB</translation>
    </message>
    <message>
        <source>workers – GB</source>
        <translation>Worker – GB</translation>
    </message>
    <message>
        <source>%1 %2 GB</source>
        <translation>%1 %2 GB</translation>
    </message>
    <message>
        <source>%1 – GB</source>
        <translation>%1 – GB</translation>
    </message>
    <message>
        <source>Charts</source>
        <translation>Diagramme</translation>
    </message>
    <message>
        <source>Commands of the charts</source>
        <translation>Befehle der Diagramme</translation>
    </message>
    <message>
        <source>The charts were saved as %1.</source>
        <translation>Die Diagramme wurden als %1 gespeichert.</translation>
    </message>
    <message>
        <source>Speed</source>
        <translation>Tempo</translation>
    </message>
    <message>
        <source>Latency</source>
        <translation>Verzögerung</translation>
    </message>
    <message>
        <source>Waiting frames</source>
        <translation>Wartende Bilder</translation>
    </message>
    <message>
        <source>Use</source>
        <translation>Auslastung</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>Speicher</translation>
    </message>
    <message>
        <source>Save charts as a table</source>
        <translation>Diagramme als Tabelle speichern</translation>
    </message>
    <message>
        <source>Table (*.csv)</source>
        <translation>Tabelle (*.csv)</translation>
    </message>
    <message>
        <source>Save charts as a picture</source>
        <translation>Diagramme als Bild speichern</translation>
    </message>
    <message>
        <source>Picture (*.png)</source>
        <translation>Bild (*.png)</translation>
    </message>
</context>
<context>
    <name>lipsync::ui::CommandPalette</name>
    <message>
        <source>No command fits. Try fewer letters.</source>
        <translation>Kein Befehl passt. Versuchen Sie es mit weniger Buchstaben.</translation>
    </message>
    <message>
        <source>Command palette</source>
        <translation>Befehlspalette</translation>
    </message>
    <message>
        <source>Type a command</source>
        <translation>Befehl eingeben</translation>
    </message>
    <message>
        <source>Command</source>
        <translation>Befehl</translation>
    </message>
    <message>
        <source>Type a few letters, choose with the arrow keys and press Enter</source>
        <translation>Tippen Sie ein paar Buchstaben, wählen Sie mit den Pfeiltasten, und drücken Sie die Eingabetaste</translation>
    </message>
    <message>
        <source>Letters of a command&apos;s name, its menu or what it does</source>
        <translation>Buchstaben aus dem Namen eines Befehls, seinem Menü oder seiner Wirkung</translation>
    </message>
    <message>
        <source>Commands that fit</source>
        <translation>Passende Befehle</translation>
    </message>
    <message>
        <source>Press Enter or click to run a command</source>
        <translation>Eingabetaste oder Mausklick führt einen Befehl aus</translation>
    </message>
</context>
<context>
    <name>lipsync::ui::ComparisonModel</name>
    <message>
        <source>One at a time</source>
        <translation>Einzeln nacheinander</translation>
    </message>
    <message>
        <source>Request batching</source>
        <translation>Anfragen stapeln</translation>
    </message>
    <message>
        <source>Several processes</source>
        <translation>Mehrere Prozesse</translation>
    </message>
    <message>
        <source>Several GPUs</source>
        <translation>Mehrere GPUs</translation>
    </message>
    <message>
        <source>Hybrid</source>
        <translation>Gemischt</translation>
    </message>
    <message>
        <source>Adaptive (tuned)</source>
        <translation>Anpassend (abgestimmt)</translation>
    </message>
    <message>
        <source>Stopped. The workers have their settings of before.</source>
        <translation>Abgebrochen. Die Worker haben ihre früheren Einstellungen.</translation>
    </message>
    <message>
        <source>Way to serve</source>
        <translation>Betriebsart</translation>
    </message>
    <message>
        <source>Frames a second</source>
        <translation>Bilder je Sekunde</translation>
    </message>
    <message>
        <source>p50 (ms)</source>
        <translation>p50 (ms)</translation>
    </message>
    <message>
        <source>p99 (ms)</source>
        <translation>p99 (ms)</translation>
    </message>
    <message>
        <source>Mean batch</source>
        <translation>Mittlerer Stapel</translation>
    </message>
    <message>
        <source>Device use</source>
        <translation>Auslastung</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>Speicher</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>Einstellungen</translation>
    </message>
    <message>
        <source>%1 makes the most frames a second here: %2.</source>
        <translation>%1 macht hier die meisten Bilder je Sekunde: %2.</translation>
    </message>
    <message>
        <source>%1 makes the most frames a second here: %2, which is %3 × one at a time.</source>
        <translation>%1 macht hier die meisten Bilder je Sekunde: %2, das %3-Fache von einzeln nacheinander.</translation>
    </message>
    <message>
        <source>–</source>
        <comment>no figure</comment>
        <translation>–</translation>
    </message>
    <message>
        <source>%1 %</source>
        <translation>%1 %</translation>
    </message>
    <message>
        <source>%1 MB</source>
        <translation>%1 MB</translation>
    </message>
</context>
<context>
    <name>lipsync::ui::ComparisonPanel</name>
    <message>
        <source>What is measured</source>
        <translation>Was gemessen wird</translation>
    </message>
    <message>
        <source>State of the comparison</source>
        <translation>Stand des Vergleichs</translation>
    </message>
    <message>
        <source>Why the comparison failed</source>
        <translation>Warum der Vergleich misslang</translation>
    </message>
    <message>
        <source>What the comparison says</source>
        <translation>Was der Vergleich ergibt</translation>
    </message>
    <message>
        <source>Comparison</source>
        <translation>Vergleich</translation>
    </message>
    <message>
        <source> s</source>
        <translation> s</translation>
    </message>
    <message>
        <source>&amp;Time for each</source>
        <translation>&amp;Zeit für jede</translation>
    </message>
    <message>
        <source>Time for each way to serve</source>
        <translation>Zeit für jede Betriebsart</translation>
    </message>
    <message>
        <source>How long each way is measured, 1 to 60 s, in three turns: more time makes the figures surer</source>
        <translation>Wie lange jede Art gemessen wird, 1 bis 60 s in drei Runden: mehr Zeit macht die Werte sicherer</translation>
    </message>
    <message>
        <source>Enough for all</source>
        <translation>Genug für alle</translation>
    </message>
    <message>
        <source> requests</source>
        <translation> Anfragen</translation>
    </message>
    <message>
        <source>&amp;Under way</source>
        <translation>&amp;Unterwegs</translation>
    </message>
    <message>
        <source>Requests under way</source>
        <translation>Anfragen unterwegs</translation>
    </message>
    <message>
        <source>How many requests wait or are computed at any time, the same for all, at most 4096; 0 takes enough to keep all workers busy</source>
        <translation>Wie viele Anfragen jederzeit warten oder gerechnet werden, für alle gleich, höchstens 4096; 0 nimmt genug, um alle Worker zu beschäftigen</translation>
    </message>
    <message>
        <source>Progress of the comparison</source>
        <translation>Fortschritt des Vergleichs</translation>
    </message>
    <message>
        <source>How much of the comparison is done</source>
        <translation>Wie viel des Vergleichs geschafft ist</translation>
    </message>
    <message>
        <source>Ways to serve, measured here</source>
        <translation>Betriebsarten, hier gemessen</translation>
    </message>
    <message>
        <source>Each way to serve under the same load; bars show a figure beside the largest of its column, the best one is marked</source>
        <translation>Jede Betriebsart unter der gleichen Last; Balken zeigen einen Wert neben dem größten seiner Spalte, der beste ist markiert</translation>
    </message>
    <message>
        <source>Measuring: %1</source>
        <translation>Misst: %1</translation>
    </message>
    <message>
        <source>Open an avatar first: its network is measured.</source>
        <translation>Öffnen Sie zuerst einen Avatar: Gemessen wird sein Netz.</translation>
    </message>
    <message>
        <source>The settings were not applied: %1</source>
        <translation>Die Einstellungen wurden nicht angewandt: %1</translation>
    </message>
    <message>
        <source>Nothing is compared yet: Compare measures every way to serve many requests here, under the same load.</source>
        <translation>Noch ist nichts verglichen: Der Vergleich misst hier jede Art, viele Anfragen zu bedienen, unter der gleichen Last.</translation>
    </message>
    <message>
        <source>%1 % measured. The table comes when all ways are measured.</source>
        <translation>%1 % gemessen. Die Tabelle kommt, wenn alle Wege gemessen sind.</translation>
    </message>
</context>
<context>
    <name>lipsync::ui::ConcurrencyModel</name>
    <message>
        <source>No device is chosen: tick at least one.</source>
        <translation>Kein Gerät ist gewählt: Kreuzen Sie mindestens eines an.</translation>
    </message>
    <message>
        <source>%1 is not on this machine: leave it out.</source>
        <translation>%1 gibt es auf diesem Rechner nicht: Lassen Sie es weg.</translation>
    </message>
</context>
<context>
    <name>lipsync::ui::ConcurrencyPanel</name>
    <message>
        <source>State of the settings</source>
        <translation>Stand der Einstellungen</translation>
    </message>
    <message>
        <source>Why the settings were not applied</source>
        <translation>Warum die Einstellungen nicht angewandt wurden</translation>
    </message>
    <message>
        <source>Settings in force</source>
        <translation>Geltende Einstellungen</translation>
    </message>
    <message>
        <source>Concurrency</source>
        <translation>Nebenläufigkeit</translation>
    </message>
    <message>
        <source>Running workers</source>
        <translation>Laufende Worker</translation>
    </message>
    <message>
        <source>The settings are in force.</source>
        <translation>Die Einstellungen gelten.</translation>
    </message>
    <message>
        <source>The studio will start with these settings.</source>
        <translation>Das Studio wird mit diesen Einstellungen starten.</translation>
    </message>
    <message>
        <source>Applying: the new workers start while the old ones go on…</source>
        <translation>Wird angewandt: Die neuen Worker starten, während die alten weiterrechnen…</translation>
    </message>
    <message>
        <source>Changed, but not applied yet.</source>
        <translation>Geändert, aber noch nicht angewandt.</translation>
    </message>
    <message>
        <source>These settings are in force.</source>
        <translation>Diese Einstellungen gelten.</translation>
    </message>
    <message>
        <source>The settings were not applied: %1</source>
        <translation>Die Einstellungen wurden nicht angewandt: %1</translation>
    </message>
    <message>
        <source>In force: %1</source>
        <translation>Es gilt: %1</translation>
    </message>
</context>
<context>
    <name>lipsync::ui::DeviceRow</name>
    <message>
        <source>About the device</source>
        <translation>Über das Gerät</translation>
    </message>
    <message>
        <source>Memory and use of the device</source>
        <translation>Speicher und Auslastung des Geräts</translation>
    </message>
    <message>
        <source>Compute on %1</source>
        <translation>Auf %1 rechnen</translation>
    </message>
    <message>
        <source>Whether workers compute on %1</source>
        <translation>Ob Worker auf %1 rechnen</translation>
    </message>
    <message>
        <source>Workers on %1</source>
        <translation>Worker auf %1</translation>
    </message>
    <message>
        <source>Memory of %1 in use</source>
        <translation>Belegter Speicher von %1</translation>
    </message>
    <message>
        <source> worker</source>
        <translation> Worker</translation>
    </message>
    <message>
        <source> workers</source>
        <translation> Worker</translation>
    </message>
    <message>
        <source>How many workers compute on it, at most %1: each takes memory and computes its own batches, more of them compute more at once</source>
        <translation>Wie viele Worker darauf rechnen, höchstens %1: Jeder braucht Speicher und rechnet eigene Stapel, mehr von ihnen rechnen mehr zugleich</translation>
    </message>
    <message>
        <source>%1 of %2 memory in use</source>
        <translation>%1 von %2 Speicher belegt</translation>
    </message>
    <message>
        <source>Its memory is not known.</source>
        <translation>Sein Speicher ist nicht bekannt.</translation>
    </message>
    <message>
        <source>%1, computing %2 % of the time</source>
        <translation>%1, rechnet %2 % der Zeit</translation>
    </message>
    <message>
        <source>%1; computed by %2</source>
        <translation>%1; gerechnet von: %2</translation>
    </message>
</context>
<context>
    <name>lipsync::ui::DockShelf</name>
    <message>
        <source>Show or hide the panel %1</source>
        <translation>Zeigt oder verbirgt den Bereich %1</translation>
    </message>
</context>
<context>
    <name>lipsync::ui::ExportDraft</name>
    <message>
        <source>Open an avatar and a voice first.</source>
        <translation>Öffnen Sie zuerst einen Avatar und eine Stimme.</translation>
    </message>
    <message>
        <source>Choose where to write to.</source>
        <translation>Wählen Sie, wohin geschrieben wird.</translation>
    </message>
    <message>
        <source>No format can be written on this machine.</source>
        <translation>Auf diesem Rechner kann kein Format geschrieben werden.</translation>
    </message>
</context>
<context>
    <name>lipsync::ui::ExportForm</name>
    <message>
        <source>Formats that cannot be written here</source>
        <translation>Formate, die hier nicht geschrieben werden können</translation>
    </message>
    <message>
        <source>Browse…</source>
        <translation>Wählen…</translation>
    </message>
    <message>
        <source>What the export lacks</source>
        <translation>Was dem Export fehlt</translation>
    </message>
    <message>
        <source>Why the export was not taken into the queue</source>
        <translation>Warum der Export nicht in die Warteschlange kam</translation>
    </message>
    <message>
        <source>Next export</source>
        <translation>Nächster Export</translation>
    </message>
    <message>
        <source>Export format</source>
        <translation>Exportformat</translation>
    </message>
    <message>
        <source>What the export writes</source>
        <translation>Was der Export schreibt</translation>
    </message>
    <message>
        <source>%1 (not on this machine)</source>
        <translation>%1 (nicht auf diesem Rechner)</translation>
    </message>
    <message>
        <source>&amp;Format</source>
        <translation>&amp;Format</translation>
    </message>
    <message>
        <source>Export to</source>
        <translation>Exportieren nach</translation>
    </message>
    <message>
        <source>File or folder that the export writes</source>
        <translation>Datei oder Ordner, den der Export schreibt</translation>
    </message>
    <message>
        <source>Choose where to write to</source>
        <translation>Wohin geschrieben wird</translation>
    </message>
    <message>
        <source>Browse for the output</source>
        <translation>Ausgabe wählen</translation>
    </message>
    <message>
        <source>Choose the output in a dialog</source>
        <translation>Wählt die Ausgabe in einem Dialog</translation>
    </message>
    <message>
        <source>&amp;Output</source>
        <translation>&amp;Ausgabe</translation>
    </message>
    <message>
        <source> CRF</source>
        <translation> CRF</translation>
    </message>
    <message>
        <source>Quality</source>
        <translation>Güte</translation>
    </message>
    <message>
        <source>Constant rate factor: 0 is best and largest, 51 is worst and smallest</source>
        <translation>Constant Rate Factor: 0 ist am besten und größten, 51 am schlechtesten und kleinsten</translation>
    </message>
    <message>
        <source>Constant rate factor of the video: 0 is best and largest, 51 is worst and smallest; 18 looks like the original</source>
        <translation>Constant Rate Factor des Videos: 0 ist am besten und größten, 51 am schlechtesten und kleinsten; 18 sieht aus wie das Original</translation>
    </message>
    <message>
        <source>&amp;Quality</source>
        <translation>&amp;Güte</translation>
    </message>
    <message>
        <source>Export pictures to</source>
        <translation>Bilder exportieren nach</translation>
    </message>
</context>
<context>
    <name>lipsync::ui::ExportNotices</name>
    <message>
        <source>Export failed</source>
        <translation>Export misslungen</translation>
    </message>
    <message>
        <source>Export finished</source>
        <translation>Export fertig</translation>
    </message>
</context>
<context>
    <name>lipsync::ui::ExportQueueModel</name>
    <message>
        <source>Output</source>
        <translation>Ausgabe</translation>
    </message>
    <message>
        <source>Avatar and voice</source>
        <translation>Avatar und Stimme</translation>
    </message>
    <message>
        <source>Format</source>
        <translation>Format</translation>
    </message>
    <message>
        <source>State</source>
        <translation>Zustand</translation>
    </message>
    <message>
        <source>Progress</source>
        <translation>Fortschritt</translation>
    </message>
    <message>
        <source>Speed</source>
        <translation>Tempo</translation>
    </message>
    <message>
        <source>Elapsed</source>
        <translation>Vergangen</translation>
    </message>
    <message>
        <source>Left</source>
        <translation>Noch</translation>
    </message>
    <message>
        <source>Every export has ended.</source>
        <translation>Alle Exporte sind beendet.</translation>
    </message>
    <message>
        <source>Exports that wait: %1. Press Start.</source>
        <translation>Wartende Exporte: %1. Drücken Sie Beginnen.</translation>
    </message>
    <message>
        <source>Exports to do: %1. The queue pauses after the current one.</source>
        <translation>Exporte zu tun: %1. Die Warteschlange hält nach dem laufenden an.</translation>
    </message>
    <message>
        <source>Exports to do: %1.</source>
        <translation>Exporte zu tun: %1.</translation>
    </message>
    <message>
        <source>%1 · %2</source>
        <translation>%1 · %2</translation>
    </message>
    <message>
        <source>%1 %</source>
        <translation>%1 %</translation>
    </message>
    <message>
        <source>%1 fps</source>
        <translation>%1 B/s</translation>
    </message>
</context>
<context>
    <name>lipsync::ui::ExportQueuePanel</name>
    <message>
        <source>State of the queue</source>
        <translation>Stand der Warteschlange</translation>
    </message>
    <message>
        <source>Exports</source>
        <translation>Exporte</translation>
    </message>
    <message>
        <source>About the chosen export</source>
        <translation>Über den gewählten Export</translation>
    </message>
    <message>
        <source>Why the chosen export failed</source>
        <translation>Warum der gewählte Export misslang</translation>
    </message>
    <message>
        <source>Export queue</source>
        <translation>Export-Warteschlange</translation>
    </message>
    <message>
        <source>Replace what is there?</source>
        <translation>Vorhandenes ersetzen?</translation>
    </message>
    <message>
        <source>%1 exists already.</source>
        <translation>%1 ist schon da.</translation>
    </message>
    <message>
        <source>Replace</source>
        <translation>Ersetzen</translation>
    </message>
    <message>
        <source>Exports in their order of work</source>
        <translation>Exporte in der Reihenfolge ihrer Arbeit</translation>
    </message>
    <message>
        <source>Drag an export, or press Alt+Up and Alt+Down, to change the order of work</source>
        <translation>Ziehen Sie einen Export, oder drücken Sie Alt+Auf und Alt+Ab, um die Reihenfolge zu ändern</translation>
    </message>
    <message>
        <source>No exports yet. Open an avatar and a voice, choose a format, then press Export, or Add to Queue to work it off later.</source>
        <translation>Noch keine Exporte. Öffnen Sie einen Avatar und eine Stimme, wählen Sie ein Format, und drücken Sie Exportieren, oder In die Warteschlange stellen, um ihn später abzuarbeiten.</translation>
    </message>
    <message>
        <source>Commands of the export queue</source>
        <translation>Befehle der Export-Warteschlange</translation>
    </message>
    <message>
        <source>Cancel the export?</source>
        <translation>Den Export abbrechen?</translation>
    </message>
    <message>
        <source>Cancel and remove the export?</source>
        <translation>Den Export abbrechen und entfernen?</translation>
    </message>
    <message>
        <source>%1 frames of %2 are made already and would be lost.</source>
        <translation>%1 Bilder von %2 sind schon fertig und gingen verloren.</translation>
    </message>
    <message>
        <source>Cancel Export</source>
        <translation>Export abbrechen</translation>
    </message>
    <message>
        <source>Keep Exporting</source>
        <translation>Weiter exportieren</translation>
    </message>
</context>
<context>
    <name>lipsync::ui::FaceChooser</name>
    <message>
        <source>Where the face is</source>
        <translation>Wo das Gesicht ist</translation>
    </message>
    <message>
        <source>Drag a frame around the face. Keys: Return begins one, arrows move it, Shift and arrows resize it, Delete takes it away.</source>
        <translation>Ziehen Sie einen Rahmen um das Gesicht. Tasten: Eingabe beginnt einen, Pfeile bewegen ihn, Umschalt und Pfeile ändern seine Größe, Entf nimmt ihn weg.</translation>
    </message>
    <message>
        <source>Drag a frame around the face where there are several; otherwise the largest is taken.</source>
        <translation>Ziehen Sie einen Rahmen um das Gesicht, wo es mehrere gibt; sonst wird das größte genommen.</translation>
    </message>
    <message>
        <source>No face is chosen: the largest one is taken.</source>
        <translation>Kein Gesicht ist gewählt: Das größte wird genommen.</translation>
    </message>
    <message>
        <source>A face of %1 × %2 pixels at %3, %4.</source>
        <translation>Ein Gesicht von %1 × %2 Pixeln bei %3, %4.</translation>
    </message>
</context>
<context>
    <name>lipsync::ui::FigureTexts</name>
    <message>
        <source>%1 frames/s</source>
        <translation>%1 Bilder/s</translation>
    </message>
    <message>
        <source>Dropped frames: %1</source>
        <translation>Verworfene Bilder: %1</translation>
    </message>
    <message>
        <source>Picture against sound: –</source>
        <translation>Bild gegen Ton: –</translation>
    </message>
    <message>
        <source>Picture %1 ms behind the sound</source>
        <translation>Bild %1 ms nach dem Ton</translation>
    </message>
    <message>
        <source>Picture %1 ms ahead of the sound</source>
        <translation>Bild %1 ms vor dem Ton</translation>
    </message>
    <message>
        <source>%1 ms to make a frame</source>
        <translation>%1 ms für ein Bild</translation>
    </message>
    <message>
        <source>%1 ms behind the microphone</source>
        <translation>%1 ms nach dem Mikrofon</translation>
    </message>
    <message>
        <source>Nobody speaks</source>
        <translation>Niemand spricht</translation>
    </message>
    <message>
        <source>– frames/s</source>
        <translation>– Bilder/s</translation>
    </message>
    <message>
        <source>– ms to make a frame</source>
        <translation>– ms für ein Bild</translation>
    </message>
    <message>
        <source>– ms behind the microphone</source>
        <translation>– ms hinter dem Mikrofon</translation>
    </message>
</context>
<context>
    <name>lipsync::ui::FileArrivals</name>
    <message>
        <source>What is the video for?</source>
        <translation>Wofür ist das Video?</translation>
    </message>
    <message>
        <source>%1 has pictures and may have sound.</source>
        <translation>%1 hat Bilder und vielleicht Ton.</translation>
    </message>
    <message>
        <source>Speak its sound</source>
        <translation>Seinen Ton sprechen</translation>
    </message>
    <message>
        <source>Prepare an avatar of it</source>
        <translation>Einen Avatar daraus vorbereiten</translation>
    </message>
    <message>
        <source>Import it with its network</source>
        <translation>Mit seinem Netz importieren</translation>
    </message>
</context>
<context>
    <name>lipsync::ui::FileDrops</name>
    <message>
        <source>%1 files were dropped at once: drop at most %2.</source>
        <translation>%1 Dateien wurden auf einmal abgelegt: Legen Sie höchstens %2 ab.</translation>
    </message>
    <message>
        <source>%1 is not a file on this computer: save it first, then drop the file.</source>
        <translation>%1 ist keine Datei auf diesem Rechner: Speichern Sie sie zuerst, und legen Sie dann die Datei ab.</translation>
    </message>
    <message>
        <source>Only one project can be open: drop one.</source>
        <translation>Nur ein Projekt kann offen sein: Legen Sie eines ab.</translation>
    </message>
    <message>
        <source>Avatars are imported one at a time: drop the others when this one is done.</source>
        <translation>Avatare werden einzeln importiert: Legen Sie die anderen ab, wenn dieser fertig ist.</translation>
    </message>
    <message>
        <source>Avatars are made of one video at a time: drop the others when this one is done.</source>
        <translation>Avatare werden aus einem Video nach dem anderen gemacht: Legen Sie die anderen ab, wenn dieser fertig ist.</translation>
    </message>
</context>
<context>
    <name>lipsync::ui::FileSaver</name>
    <message>
        <source>there is nothing to write</source>
        <translation>es gibt nichts zu schreiben</translation>
    </message>
    <message>
        <source>%1 could not be written: %2.</source>
        <translation>%1 konnte nicht geschrieben werden: %2.</translation>
    </message>
</context>
<context>
    <name>lipsync::ui::HeatMap</name>
    <message>
        <source>Tuning map</source>
        <translation>Abstimmungskarte</translation>
    </message>
    <message>
        <source>Frames a second by workers and batch, as measured here; cells over the goal are hatched. Arrows go from cell to cell, Enter or a click applies one</source>
        <translation>Bilder je Sekunde nach Workern und Stapelgröße, hier gemessen; Felder über dem Ziel sind schraffiert. Pfeile gehen von Feld zu Feld, Eingabe oder Klick wendet eines an</translation>
    </message>
    <message>
        <source>%1: could not be measured. %2</source>
        <translation>%1: konnte nicht gemessen werden. %2</translation>
    </message>
    <message>
        <source>%1: %2 frames a second, p99 %3 ms. This is what Auto-tune chose.</source>
        <translation>%1: %2 Bilder je Sekunde, p99 %3 ms. Das hat die Abstimmung gewählt.</translation>
    </message>
    <message>
        <source>%1: %2 frames a second, p99 %3 ms, over the goal of %4 ms.</source>
        <translation>%1: %2 Bilder je Sekunde, p99 %3 ms, über dem Ziel von %4 ms.</translation>
    </message>
    <message>
        <source>%1: %2 frames a second, p99 %3 ms.</source>
        <translation>%1: %2 Bilder je Sekunde, p99 %3 ms.</translation>
    </message>
    <message>
        <source>Measuring the first cell…</source>
        <translation>Misst das erste Feld…</translation>
    </message>
    <message>
        <source>Nothing is measured yet: Auto-tune searches for the best setting, Measure Map measures all of them.</source>
        <translation>Noch ist nichts gemessen: Abstimmen sucht die beste Einstellung, Karte messen misst alle.</translation>
    </message>
    <message>
        <source>p99 %1 ms</source>
        <translation>p99 %1 ms</translation>
    </message>
    <message>
        <source>Workers</source>
        <translation>Worker</translation>
    </message>
    <message>
        <source>Frames a second, by largest batch</source>
        <translation>Bilder je Sekunde nach größtem Stapel</translation>
    </message>
    <message>
        <source>≤ %1</source>
        <translation>≤ %1</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>misslungen</translation>
    </message>
    <message>
        <source>✓ %1</source>
        <translation>✓ %1</translation>
    </message>
</context>
<context>
    <name>lipsync::ui::HelpCommands</name>
    <message>
        <source>The diagnostics are in %1. They hold no pictures and no sound; look through them before you send them.</source>
        <translation>Die Diagnose liegt in %1. Sie enthält keine Bilder und keinen Ton; sehen Sie sie durch, bevor Sie sie verschicken.</translation>
    </message>
    <message>
        <source>Save diagnostics</source>
        <translation>Diagnose speichern</translation>
    </message>
    <message>
        <source>ZIP archives (*.zip)</source>
        <translation>ZIP-Archive (*.zip)</translation>
    </message>
    <message>
        <source>Replace what is there?</source>
        <translation>Vorhandenes ersetzen?</translation>
    </message>
    <message>
        <source>%1 exists already.</source>
        <translation>%1 ist schon da.</translation>
    </message>
    <message>
        <source>Replace</source>
        <translation>Ersetzen</translation>
    </message>
</context>
<context>
    <name>lipsync::ui::ImportForm</name>
    <message>
        <source>Source</source>
        <translation>Quelle</translation>
    </message>
    <message>
        <source>Data set or package of another tool, as a folder or archive, or a video</source>
        <translation>Datensatz oder Paket eines anderen Programms als Ordner oder Archiv, oder ein Video</translation>
    </message>
    <message>
        <source>Avatar to make</source>
        <translation>Neuer Avatar</translation>
    </message>
    <message>
        <source>Folder NAME.avatar that is made</source>
        <translation>Ordner NAME.avatar, der entsteht</translation>
    </message>
    <message>
        <source>Avatars (*.avatar)</source>
        <translation>Avatare (*.avatar)</translation>
    </message>
    <message>
        <source>&amp;Source</source>
        <translation>&amp;Quelle</translation>
    </message>
    <message>
        <source>A&amp;vatar to make</source>
        <translation>Neuer A&amp;vatar</translation>
    </message>
    <message>
        <source>About the avatar</source>
        <translation>Über den Avatar</translation>
    </message>
    <message>
        <source>Choose what to import: a folder, an archive or a video.</source>
        <translation>Wählen Sie, was importiert wird: ein Ordner, ein Archiv oder ein Video.</translation>
    </message>
    <message>
        <source>Choose a name for the avatar.</source>
        <translation>Wählen Sie einen Namen für den Avatar.</translation>
    </message>
    <message>
        <source>looked for in the source</source>
        <translation>in der Quelle gesucht</translation>
    </message>
    <message>
        <source>Network</source>
        <translation>Netz</translation>
    </message>
    <message>
        <source>Weights of the network, e.g. a .pth or .safetensors file</source>
        <translation>Gewichte des Netzes, z. B. eine .pth- oder .safetensors-Datei</translation>
    </message>
    <message>
        <source>Audio encoder</source>
        <translation>Tonkodierer</translation>
    </message>
    <message>
        <source>Weights of an AVE network&apos;s audio encoder</source>
        <translation>Gewichte des Tonkodierers eines AVE-Netzes</translation>
    </message>
    <message>
        <source>Features</source>
        <translation>Merkmale</translation>
    </message>
    <message>
        <source>HuBERT or WeNet features of the source&apos;s sound, as .npy</source>
        <translation>HuBERT- oder WeNet-Merkmale vom Ton der Quelle, als .npy</translation>
    </message>
    <message>
        <source>Manifest</source>
        <translation>Manifest</translation>
    </message>
    <message>
        <source>JSON that declares what a TorchScript network takes</source>
        <translation>JSON, das erklärt, was ein TorchScript-Netz nimmt</translation>
    </message>
    <message>
        <source>Listens to</source>
        <translation>Hört auf</translation>
    </message>
    <message>
        <source>What the network listens to, where its weights do not tell</source>
        <translation>Worauf das Netz hört, wo seine Gewichte es nicht verraten</translation>
    </message>
    <message>
        <source>told by the source</source>
        <translation>wie die Quelle es sagt</translation>
    </message>
    <message>
        <source>AVE</source>
        <translation>AVE</translation>
    </message>
    <message>
        <source>HuBERT</source>
        <translation>HuBERT</translation>
    </message>
    <message>
        <source>WeNet</source>
        <translation>WeNet</translation>
    </message>
    <message>
        <source>mel spectrogram</source>
        <translation>Mel-Spektrogramm</translation>
    </message>
    <message>
        <source>Run the code of a TorchScript network</source>
        <translation>Den Code eines TorchScript-Netzes ausführen</translation>
    </message>
    <message>
        <source>Its code can do whatever you can: allow it only if you trust where it comes from</source>
        <translation>Sein Code kann alles, was Sie können: Erlauben Sie ihn nur, wenn Sie seiner Herkunft trauen</translation>
    </message>
    <message>
        <source>&amp;Network</source>
        <translation>&amp;Netz</translation>
    </message>
    <message>
        <source>A&amp;udio encoder</source>
        <translation>T&amp;onkodierer</translation>
    </message>
    <message>
        <source>F&amp;eatures</source>
        <translation>M&amp;erkmale</translation>
    </message>
    <message>
        <source>&amp;Manifest</source>
        <translation>&amp;Manifest</translation>
    </message>
    <message>
        <source>Liste&amp;ns to</source>
        <translation>&amp;Hört auf</translation>
    </message>
    <message>
        <source>Part of a video</source>
        <translation>Teil eines Videos</translation>
    </message>
</context>
<context>
    <name>lipsync::ui::LanguageChoice</name>
    <message>
        <source>As the system has it</source>
        <translation>Wie das System</translation>
    </message>
</context>
<context>
    <name>lipsync::ui::LateFramesModel</name>
    <message>
        <source>%1 ms</source>
        <translation>%1 ms</translation>
    </message>
    <message>
        <source>%1 · stream %2</source>
        <translation>%1 · Strom %2</translation>
    </message>
    <message>
        <source>queue</source>
        <translation>Warteschlange</translation>
    </message>
    <message>
        <source>network</source>
        <translation>Netz</translation>
    </message>
    <message>
        <source>paste</source>
        <translation>Einfügen</translation>
    </message>
    <message>
        <source>delivery</source>
        <translation>Abnahme</translation>
    </message>
    <message>
        <source>none</source>
        <translation>keiner</translation>
    </message>
    <message>
        <source>Late frame</source>
        <translation>Verspätetes Bild</translation>
    </message>
    <message>
        <source>For</source>
        <translation>Für</translation>
    </message>
    <message>
        <source>Late by</source>
        <translation>Verspätet um</translation>
    </message>
    <message>
        <source>In all</source>
        <translation>Insgesamt</translation>
    </message>
    <message>
        <source>Longest in</source>
        <translation>Am längsten in</translation>
    </message>
    <message>
        <source>Worker</source>
        <translation>Worker</translation>
    </message>
</context>
<context>
    <name>lipsync::ui::LibraryListModel</name>
    <message>
        <source>%1 × %2 · %3</source>
        <translation>%1 × %2 · %3</translation>
    </message>
    <message>
        <source>%1 s · %2</source>
        <translation>%1 s · %2</translation>
    </message>
    <message>
        <source>Reading…</source>
        <translation>Liest…</translation>
    </message>
    <message>
        <source>Cannot be used</source>
        <translation>Nicht zu gebrauchen</translation>
    </message>
    <message>
        <source>Checking…</source>
        <translation>Prüft…</translation>
    </message>
    <message>
        <source>Damaged</source>
        <translation>Beschädigt</translation>
    </message>
    <message>
        <source>Whole, not trained yet</source>
        <translation>Heil, noch nicht trainiert</translation>
    </message>
    <message>
        <source>Not trained yet</source>
        <translation>Noch nicht trainiert</translation>
    </message>
    <message>
        <source>On the desk, whole</source>
        <translation>Auf dem Pult, heil</translation>
    </message>
    <message>
        <source>On the desk</source>
        <translation>Auf dem Pult</translation>
    </message>
    <message>
        <source>Whole</source>
        <translation>Heil</translation>
    </message>
    <message>
        <source>mono</source>
        <translation>mono</translation>
    </message>
    <message>
        <source>stereo</source>
        <translation>stereo</translation>
    </message>
    <message>
        <source>%1 channels</source>
        <translation>%1 Kanäle</translation>
    </message>
    <message>
        <source>%1 kHz, %2</source>
        <translation>%1 kHz, %2</translation>
    </message>
    <message>
        <source>Loop of %1 frames at %2 fps</source>
        <translation>Schleife von %1 Bildern mit %2 B/s</translation>
    </message>
    <message>
        <source>It was prepared and has to be trained before it can speak.</source>
        <translation>Er ist vorbereitet und muss trainiert werden, bevor er sprechen kann.</translation>
    </message>
    <message>
        <source>It speaks only voices whose features were computed by another tool.</source>
        <translation>Er spricht nur Stimmen, deren Merkmale ein anderes Programm berechnet hat.</translation>
    </message>
</context>
<context>
    <name>lipsync::ui::LibraryListsPanel</name>
    <message>
        <source>Library</source>
        <translation>Bibliothek</translation>
    </message>
    <message>
        <source>No avatars yet</source>
        <translation>Noch keine Avatare</translation>
    </message>
    <message>
        <source>No voices yet</source>
        <translation>Noch keine Stimmen</translation>
    </message>
    <message>
        <source>About the chosen avatar</source>
        <translation>Über den gewählten Avatar</translation>
    </message>
    <message>
        <source>About the chosen voice</source>
        <translation>Über die gewählte Stimme</translation>
    </message>
    <message>
        <source>Enter puts the chosen avatar on the desk, Delete takes it from the list</source>
        <translation>Eingabe legt den gewählten Avatar auf das Pult, Entf nimmt ihn aus der Liste</translation>
    </message>
    <message>
        <source>Drop an avatar folder here, or a video to make an avatar of.</source>
        <translation>Legen Sie hier einen Avatar-Ordner ab, oder ein Video, aus dem ein Avatar werden soll.</translation>
    </message>
    <message>
        <source>Avatars</source>
        <translation>Avatare</translation>
    </message>
    <message>
        <source>Enter puts the chosen voice on the desk, Delete takes it from the list</source>
        <translation>Eingabe legt die gewählte Stimme auf das Pult, Entf nimmt sie aus der Liste</translation>
    </message>
    <message>
        <source>Drop a sound here, such as WAV, FLAC or MP3, or a video for its sound.</source>
        <translation>Legen Sie hier einen Ton ab, etwa WAV, FLAC oder MP3, oder ein Video wegen seines Tons.</translation>
    </message>
    <message>
        <source>Voices</source>
        <translation>Stimmen</translation>
    </message>
</context>
<context>
    <name>lipsync::ui::LicencesModel</name>
    <message>
        <source>Windows, sound and pictures on screen</source>
        <translation>Fenster, Ton und Bilder auf dem Schirm</translation>
    </message>
    <message>
        <source>Charts</source>
        <translation>Diagramme</translation>
    </message>
    <message>
        <source>Neural networks</source>
        <translation>Neuronale Netze</translation>
    </message>
    <message>
        <source>Arithmetic of the networks</source>
        <translation>Rechnen der Netze</translation>
    </message>
    <message>
        <source>Pictures</source>
        <translation>Bilder</translation>
    </message>
    <message>
        <source>Faces and their landmarks</source>
        <translation>Gesichter und ihre Merkpunkte</translation>
    </message>
    <message>
        <source>Sound and video files</source>
        <translation>Ton- und Videodateien</translation>
    </message>
    <message>
        <source>Archives</source>
        <translation>Archive</translation>
    </message>
    <message>
        <source>Workers on other machines</source>
        <translation>Worker auf anderen Rechnern</translation>
    </message>
    <message>
        <source>Connections of browsers</source>
        <translation>Verbindungen von Browsern</translation>
    </message>
    <message>
        <source>Messages between machines</source>
        <translation>Nachrichten zwischen Rechnern</translation>
    </message>
    <message>
        <source>Checksums and encryption</source>
        <translation>Prüfsummen und Verschlüsselung</translation>
    </message>
    <message>
        <source>Documents of the engine</source>
        <translation>Dokumente der Engine</translation>
    </message>
    <message>
        <source>Texts of the engine</source>
        <translation>Texte der Engine</translation>
    </message>
    <message>
        <source>The log</source>
        <translation>Das Protokoll</translation>
    </message>
    <message>
        <source>Failures as values</source>
        <translation>Fehler als Werte</translation>
    </message>
    <message>
        <source>Library</source>
        <translation>Bibliothek</translation>
    </message>
    <message>
        <source>For</source>
        <translation>Für</translation>
    </message>
    <message>
        <source>Licence</source>
        <translation>Lizenz</translation>
    </message>
</context>
<context>
    <name>lipsync::ui::LiveModel</name>
    <message>
        <source>No microphone was found. Plug one in, and it appears here.</source>
        <translation>Kein Mikrofon gefunden. Schließen Sie eines an, und es erscheint hier.</translation>
    </message>
    <message>
        <source>Open an avatar first; it speaks what the microphone hears.</source>
        <translation>Öffnen Sie zuerst einen Avatar; er spricht, was das Mikrofon hört.</translation>
    </message>
</context>
<context>
    <name>lipsync::ui::LivePanel</name>
    <message>
        <source>About live speech</source>
        <translation>Über das Live-Sprechen</translation>
    </message>
    <message>
        <source>State of live speech</source>
        <translation>Stand des Live-Sprechens</translation>
    </message>
    <message>
        <source>What the avatar does now</source>
        <translation>Was der Avatar gerade tut</translation>
    </message>
    <message>
        <source>Delay</source>
        <translation>Verzögerung</translation>
    </message>
    <message>
        <source>From the arrival of a sound to the picture that shows it, mean over the last frames</source>
        <translation>Von der Ankunft eines Tons bis zu dem Bild, das ihn zeigt, im Mittel der letzten Bilder</translation>
    </message>
    <message>
        <source>Frames per second</source>
        <translation>Bilder je Sekunde</translation>
    </message>
    <message>
        <source>Pictures shown in a second</source>
        <translation>Gezeigte Bilder in einer Sekunde</translation>
    </message>
    <message>
        <source>Frames left out</source>
        <translation>Ausgelassene Bilder</translation>
    </message>
    <message>
        <source>Frames that were left out to keep up with the voice</source>
        <translation>Bilder, die ausgelassen wurden, um mit der Stimme Schritt zu halten</translation>
    </message>
    <message>
        <source>Level in words</source>
        <translation>Pegel in Worten</translation>
    </message>
    <message>
        <source>Loudest sample of the last moment</source>
        <translation>Lautester Wert des letzten Augenblicks</translation>
    </message>
    <message>
        <source>Live</source>
        <translation>Live</translation>
    </message>
    <message>
        <source>Microphone</source>
        <translation>Mikrofon</translation>
    </message>
    <message>
        <source>Where the voice comes from</source>
        <translation>Woher die Stimme kommt</translation>
    </message>
    <message>
        <source>Level of the microphone</source>
        <translation>Pegel des Mikrofons</translation>
    </message>
    <message>
        <source>How loud the voice is; speak so that it stays below the right end</source>
        <translation>Wie laut die Stimme ist; sprechen Sie so, dass sie unter dem rechten Ende bleibt</translation>
    </message>
    <message>
        <source>Silence below</source>
        <translation>Stille unter</translation>
    </message>
    <message>
        <source>Sound that is softer counts as silence; raise it in a noisy room</source>
        <translation>Leiserer Ton gilt als Stille; heben Sie den Wert in einem lauten Raum an</translation>
    </message>
    <message>
        <source> dB</source>
        <translation> dB</translation>
    </message>
    <message>
        <source>Idle after</source>
        <translation>Ruhe nach</translation>
    </message>
    <message>
        <source>After so much silence the idle loop begins: the avatar as it was filmed</source>
        <translation>Nach so viel Stille beginnt die Ruheschleife: der Avatar, wie er gefilmt wurde</translation>
    </message>
    <message>
        <source> s</source>
        <translation> s</translation>
    </message>
    <message>
        <source>&amp;Microphone</source>
        <translation>&amp;Mikrofon</translation>
    </message>
    <message>
        <source>Level</source>
        <translation>Stufe</translation>
    </message>
    <message>
        <source>&amp;Silence below</source>
        <translation>&amp;Stille unter</translation>
    </message>
    <message>
        <source>Idle &amp;after</source>
        <translation>&amp;Ruhe nach</translation>
    </message>
    <message>
        <source>No microphone</source>
        <translation>Kein Mikrofon</translation>
    </message>
    <message>
        <source>Stop &amp;Live</source>
        <translation>&amp;Live beenden</translation>
    </message>
    <message>
        <source>Speak &amp;Live</source>
        <translation>&amp;Live sprechen</translation>
    </message>
    <message>
        <source>The microphone is off</source>
        <translation>Das Mikrofon ist aus</translation>
    </message>
    <message>
        <source>Silence</source>
        <translation>Stille</translation>
    </message>
    <message>
        <source>%1 dB</source>
        <translation>%1 dB</translation>
    </message>
    <message>
        <source>Off</source>
        <translation>Aus</translation>
    </message>
    <message>
        <source>Opening the avatar…</source>
        <translation>Öffnet den Avatar…</translation>
    </message>
    <message>
        <source>Listening, idle loop</source>
        <translation>Hört zu, Ruheschleife</translation>
    </message>
    <message>
        <source>Speaking</source>
        <translation>Spricht</translation>
    </message>
    <message>
        <source>Delay: %1 ms</source>
        <translation>Verzögerung: %1 ms</translation>
    </message>
    <message>
        <source>Delay: not measured yet</source>
        <translation>Verzögerung: noch nicht gemessen</translation>
    </message>
    <message>
        <source>%1 frames/s</source>
        <translation>%1 Bilder/s</translation>
    </message>
    <message>
        <source>Frames left out: %1</source>
        <translation>Ausgelassene Bilder: %1</translation>
    </message>
</context>
<context>
    <name>lipsync::ui::LogModel</name>
    <message>
        <source>%1: %2</source>
        <translation>%1: %2</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>Zeit</translation>
    </message>
    <message>
        <source>Level</source>
        <translation>Stufe</translation>
    </message>
    <message>
        <source>Source</source>
        <translation>Quelle</translation>
    </message>
    <message>
        <source>Message</source>
        <translation>Nachricht</translation>
    </message>
    <message>
        <source>Detail</source>
        <translation>Einzelheit</translation>
    </message>
    <message>
        <source>Information</source>
        <translation>Hinweis</translation>
    </message>
    <message>
        <source>Warning</source>
        <translation>Warnung</translation>
    </message>
    <message>
        <source>Error</source>
        <translation>Fehler</translation>
    </message>
</context>
<context>
    <name>lipsync::ui::LogPanel</name>
    <message>
        <source>Log</source>
        <translation>Protokoll</translation>
    </message>
    <message>
        <source>The chosen record in full</source>
        <translation>Der gewählte Eintrag im Ganzen</translation>
    </message>
    <message>
        <source>Least level</source>
        <translation>Niedrigste Stufe</translation>
    </message>
    <message>
        <source>Lists records of this level and above</source>
        <translation>Zeigt Einträge dieser Stufe und darüber</translation>
    </message>
    <message>
        <source>Everything</source>
        <translation>Alles</translation>
    </message>
    <message>
        <source>Information and above</source>
        <translation>Hinweise und darüber</translation>
    </message>
    <message>
        <source>Warnings and errors</source>
        <translation>Warnungen und Fehler</translation>
    </message>
    <message>
        <source>Errors</source>
        <translation>Fehler</translation>
    </message>
    <message>
        <source>Filter of the log</source>
        <translation>Filter des Protokolls</translation>
    </message>
    <message>
        <source>Lists records that hold all of these words</source>
        <translation>Zeigt Einträge, die alle diese Wörter enthalten</translation>
    </message>
    <message>
        <source>Filter by words</source>
        <translation>Nach Wörtern filtern</translation>
    </message>
    <message>
        <source>Commands of the log</source>
        <translation>Befehle des Protokolls</translation>
    </message>
    <message>
        <source>Records of the log</source>
        <translation>Einträge des Protokolls</translation>
    </message>
    <message>
        <source>What happened in the engine, the newest at the end</source>
        <translation>Was in der Engine geschah, das Neueste am Ende</translation>
    </message>
    <message>
        <source>Nothing has happened yet.</source>
        <translation>Noch ist nichts geschehen.</translation>
    </message>
    <message>
        <source>No record is of this level and holds these words.</source>
        <translation>Kein Eintrag hat diese Stufe und diese Wörter.</translation>
    </message>
</context>
<context>
    <name>lipsync::ui::MainWindow</name>
    <message>
        <source>LipSync Studio</source>
        <translation>LipSync Studio</translation>
    </message>
    <message>
        <source>&amp;File</source>
        <translation>&amp;Datei</translation>
    </message>
    <message>
        <source>&amp;Edit</source>
        <translation>&amp;Bearbeiten</translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation>&amp;Ansicht</translation>
    </message>
    <message>
        <source>&amp;Avatar</source>
        <translation>A&amp;vatar</translation>
    </message>
    <message>
        <source>&amp;Playback</source>
        <translation>&amp;Wiedergabe</translation>
    </message>
    <message>
        <source>E&amp;ngine</source>
        <translation>E&amp;ngine</translation>
    </message>
    <message>
        <source>E&amp;xport</source>
        <translation>E&amp;xport</translation>
    </message>
    <message>
        <source>&amp;Server</source>
        <translation>&amp;Server</translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation>&amp;Hilfe</translation>
    </message>
    <message>
        <source>Toolbar</source>
        <translation>Werkzeugleiste</translation>
    </message>
    <message>
        <source>Open avatar folder</source>
        <translation>Avatar-Ordner öffnen</translation>
    </message>
    <message>
        <source>Open voice</source>
        <translation>Stimme öffnen</translation>
    </message>
    <message>
        <source>Sounds and videos (*.wav *.flac *.mp3 *.ogg *.opus *.m4a *.aac *.mp4 *.mkv *.webm *.mov);;All files (*)</source>
        <translation>Ton und Videos (*.wav *.flac *.mp3 *.ogg *.opus *.m4a *.aac *.mp4 *.mkv *.webm *.mov);;Alle Dateien (*)</translation>
    </message>
    <message>
        <source>&amp;Pause</source>
        <translation>&amp;Pause</translation>
    </message>
    <message>
        <source>&amp;Play</source>
        <translation>&amp;Abspielen</translation>
    </message>
    <message>
        <source>Opening…</source>
        <translation>Öffnet…</translation>
    </message>
    <message>
        <source>Drop an avatar and a voice here</source>
        <translation>Legen Sie hier einen Avatar und eine Stimme ab</translation>
    </message>
    <message>
        <source>An avatar is a folder NAME.avatar; a voice is any sound file. Or open them from the toolbar.</source>
        <translation>Ein Avatar ist ein Ordner NAME.avatar; eine Stimme ist irgendeine Tondatei. Oder öffnen Sie sie in der Werkzeugleiste.</translation>
    </message>
    <message>
        <source>Now drop an avatar here</source>
        <translation>Legen Sie nun hier einen Avatar ab</translation>
    </message>
    <message>
        <source>A folder NAME.avatar, or its avatar.json.</source>
        <translation>Ein Ordner NAME.avatar oder seine avatar.json.</translation>
    </message>
    <message>
        <source>Now drop a voice here</source>
        <translation>Legen Sie nun hier eine Stimme ab</translation>
    </message>
    <message>
        <source>Any sound file: WAV, FLAC, MP3, or a video with sound.</source>
        <translation>Irgendeine Tondatei: WAV, FLAC, MP3 oder ein Video mit Ton.</translation>
    </message>
    <message>
        <source>Starting…</source>
        <translation>Startet…</translation>
    </message>
    <message>
        <source>Playing</source>
        <translation>Spielt ab</translation>
    </message>
    <message>
        <source>Engine ready</source>
        <translation>Engine bereit</translation>
    </message>
    <message>
        <source>Quit while exports are running?</source>
        <translation>Beenden, während Exporte laufen?</translation>
    </message>
    <message>
        <source>They stop now and go on where they stopped when the studio is started again.</source>
        <translation>Sie halten jetzt an und machen dort weiter, wenn das Studio wieder gestartet wird.</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>Beenden</translation>
    </message>
    <message>
        <source>Quit while an avatar is being made?</source>
        <translation>Beenden, während ein Avatar entsteht?</translation>
    </message>
    <message>
        <source>What is not finished is lost; a training can be taken up again.</source>
        <translation>Was nicht fertig ist, geht verloren; ein Training kann fortgesetzt werden.</translation>
    </message>
    <message>
        <source>Quit while the avatar is live?</source>
        <translation>Beenden, während der Avatar live ist?</translation>
    </message>
    <message>
        <source>The microphone is switched off.</source>
        <translation>Das Mikrofon wird ausgeschaltet.</translation>
    </message>
    <message>
        <source>Sho&amp;wn Panels</source>
        <translation>Ge&amp;zeigte Bereiche</translation>
    </message>
    <message>
        <source>&amp;Go to Panel</source>
        <translation>&amp;Gehe zu Bereich</translation>
    </message>
    <message>
        <source>Show the panel %1 and go to it</source>
        <translation>Zeigt den Bereich %1 und geht dorthin</translation>
    </message>
    <message>
        <source>Live</source>
        <translation>Live</translation>
    </message>
    <message>
        <source>Exporting · %1</source>
        <translation>Exportiert · %1</translation>
    </message>
    <message>
        <source>Tuning · %1 %</source>
        <translation>Abstimmung · %1 %</translation>
    </message>
    <message>
        <source>Comparing · %1 %</source>
        <translation>Vergleich · %1 %</translation>
    </message>
    <message>
        <source>Planning capacity…</source>
        <translation>Kapazität wird geplant …</translation>
    </message>
    <message>
        <source>Quit while programs are being served?</source>
        <translation>Beenden, während Programme bedient werden?</translation>
    </message>
    <message>
        <source>The server takes no more calls, finishes those under way, for at most half a minute, and then the studio closes.</source>
        <translation>Der Server nimmt keine Aufrufe mehr an, führt die laufenden zu Ende, höchstens eine halbe Minute lang, und dann schließt das Studio.</translation>
    </message>
    <message>
        <source>Finish and Quit</source>
        <translation>Abschließen und beenden</translation>
    </message>
</context>
<context>
    <name>lipsync::ui::MicrophoneInputs</name>
    <message>
        <source>The microphone %1 cannot be opened. Another program may be using it, or it was unplugged.</source>
        <translation>Das Mikrofon %1 lässt sich nicht öffnen. Vielleicht benutzt es ein anderes Programm, oder es wurde abgezogen.</translation>
    </message>
    <message>
        <source>The microphone %1 stopped giving sound.</source>
        <translation>Das Mikrofon %1 gibt keinen Ton mehr.</translation>
    </message>
</context>
<context>
    <name>lipsync::ui::OperationDialog</name>
    <message>
        <source>State of the work</source>
        <translation>Stand der Arbeit</translation>
    </message>
    <message>
        <source>Why the work failed</source>
        <translation>Warum die Arbeit misslang</translation>
    </message>
    <message>
        <source>Details of the work</source>
        <translation>Einzelheiten der Arbeit</translation>
    </message>
    <message>
        <source>What is missing</source>
        <translation>Was fehlt</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Progress</source>
        <translation>Fortschritt</translation>
    </message>
    <message>
        <source>Part of the work that is done</source>
        <translation>Geschaffter Teil der Arbeit</translation>
    </message>
    <message>
        <source>Newest picture of the work</source>
        <translation>Neuestes Bild der Arbeit</translation>
    </message>
    <message>
        <source>Start the work; the studio can be used meanwhile</source>
        <translation>Beginnt die Arbeit; das Studio kann weiter benutzt werden</translation>
    </message>
    <message>
        <source>Cancel the work</source>
        <translation>Arbeit abbrechen</translation>
    </message>
    <message>
        <source>Stop the work; a training can be taken up again later</source>
        <translation>Bricht die Arbeit ab; ein Training kann später fortgesetzt werden</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>Close this window</source>
        <translation>Schließt dieses Fenster</translation>
    </message>
    <message>
        <source>Close this window; work that was started goes on</source>
        <translation>Schließt dieses Fenster; begonnene Arbeit läuft weiter</translation>
    </message>
    <message>
        <source>Replace the avatar?</source>
        <translation>Den Avatar ersetzen?</translation>
    </message>
    <message>
        <source>%1 exists already.</source>
        <translation>%1 ist schon da.</translation>
    </message>
    <message>
        <source>Replace</source>
        <translation>Ersetzen</translation>
    </message>
</context>
<context>
    <name>lipsync::ui::OperationDialogs</name>
    <message>
        <source>Avatar imported</source>
        <translation>Avatar importiert</translation>
    </message>
    <message>
        <source>Avatar prepared</source>
        <translation>Avatar vorbereitet</translation>
    </message>
    <message>
        <source>Avatar trained</source>
        <translation>Avatar trainiert</translation>
    </message>
    <message>
        <source>No avatar was made</source>
        <translation>Kein Avatar entstand</translation>
    </message>
    <message>
        <source>Import Avatar</source>
        <translation>Avatar importieren</translation>
    </message>
    <message>
        <source>Import</source>
        <translation>Importieren</translation>
    </message>
    <message>
        <source>Put on the Desk</source>
        <translation>Auf das Pult legen</translation>
    </message>
    <message>
        <source>Preview and export with the new avatar</source>
        <translation>Vorschau und Export mit dem neuen Avatar</translation>
    </message>
    <message>
        <source>Prepare Avatar</source>
        <translation>Avatar vorbereiten</translation>
    </message>
    <message>
        <source>Prepare</source>
        <translation>Vorbereiten</translation>
    </message>
    <message>
        <source>Train…</source>
        <translation>Trainieren…</translation>
    </message>
    <message>
        <source>Teach the new avatar its speaker&apos;s mouth</source>
        <translation>Lehrt den neuen Avatar den Mund seines Sprechers</translation>
    </message>
    <message>
        <source>Train Avatar</source>
        <translation>Avatar trainieren</translation>
    </message>
    <message>
        <source>Train</source>
        <translation>Trainieren</translation>
    </message>
    <message>
        <source>Preview and export with the trained avatar</source>
        <translation>Vorschau und Export mit dem trainierten Avatar</translation>
    </message>
</context>
<context>
    <name>lipsync::ui::OperationForm</name>
    <message>
        <source>Title</source>
        <translation>Titel</translation>
    </message>
    <message>
        <source>What the avatar is called in lists</source>
        <translation>Wie der Avatar in Listen heißt</translation>
    </message>
    <message>
        <source>Attribution</source>
        <translation>Urheber</translation>
    </message>
    <message>
        <source>Whom to thank for the pictures</source>
        <translation>Wem die Bilder zu verdanken sind</translation>
    </message>
    <message>
        <source>Licence</source>
        <translation>Lizenz</translation>
    </message>
    <message>
        <source>On what terms the pictures may be used</source>
        <translation>Unter welchen Bedingungen die Bilder benutzt werden dürfen</translation>
    </message>
    <message>
        <source>T&amp;itle</source>
        <translation>T&amp;itel</translation>
    </message>
    <message>
        <source>&amp;Attribution</source>
        <translation>&amp;Urheber</translation>
    </message>
    <message>
        <source>&amp;Licence</source>
        <translation>&amp;Lizenz</translation>
    </message>
</context>
<context>
    <name>lipsync::ui::OperationModel</name>
    <message>
        <source>Starting…</source>
        <translation>Startet…</translation>
    </message>
    <message>
        <source>%1: %2 %</source>
        <translation>%1: %2 %</translation>
    </message>
    <message>
        <source>%1: %2 %, about %3 left</source>
        <translation>%1: %2 %, noch etwa %3</translation>
    </message>
    <message>
        <source>Cancelling…</source>
        <translation>Bricht ab…</translation>
    </message>
    <message>
        <source>%1 is ready. %2</source>
        <translation>%1 ist fertig. %2</translation>
    </message>
    <message>
        <source>Cancelled.</source>
        <translation>Abgebrochen.</translation>
    </message>
</context>
<context>
    <name>lipsync::ui::PaletteModel</name>
    <message>
        <source>Not available now: %1</source>
        <translation>Gerade nicht möglich: %1</translation>
    </message>
    <message>
        <source>%1, not available now</source>
        <translation>%1, gerade nicht möglich</translation>
    </message>
    <message>
        <source>%1, shortcut %2</source>
        <translation>%1, Tastenkürzel %2</translation>
    </message>
</context>
<context>
    <name>lipsync::ui::PathField</name>
    <message>
        <source>All files (*)</source>
        <translation>Alle Dateien (*)</translation>
    </message>
    <message>
        <source>File…</source>
        <translation>Datei…</translation>
    </message>
    <message>
        <source>Browse for a file: %1</source>
        <translation>Datei wählen: %1</translation>
    </message>
    <message>
        <source>Folder…</source>
        <translation>Ordner…</translation>
    </message>
    <message>
        <source>Browse for a folder: %1</source>
        <translation>Ordner wählen: %1</translation>
    </message>
    <message>
        <source>Browse…</source>
        <translation>Wählen…</translation>
    </message>
    <message>
        <source>Browse: %1</source>
        <translation>Wählen: %1</translation>
    </message>
</context>
<context>
    <name>lipsync::ui::PicturePainting</name>
    <message>
        <source>Original</source>
        <translation>Original</translation>
    </message>
    <message>
        <source>Lip-synced</source>
        <translation>Lippensynchron</translation>
    </message>
</context>
<context>
    <name>lipsync::ui::PictureView</name>
    <message>
        <source>Preview picture</source>
        <translation>Vorschaubild</translation>
    </message>
    <message>
        <source>The wheel enlarges; drag, or Shift with the arrow keys, moves an enlarged picture; a double click switches between fitted and actual size</source>
        <translation>Das Mausrad vergrößert; Ziehen, oder Umschalt mit den Pfeiltasten, bewegt ein vergrößertes Bild; ein Doppelklick wechselt zwischen eingepasst und Originalgröße</translation>
    </message>
</context>
<context>
    <name>lipsync::ui::PlanForm</name>
    <message>
        <source>What the preset does</source>
        <translation>Was die Vorgabe bewirkt</translation>
    </message>
    <message>
        <source>State of the devices</source>
        <translation>Stand der Geräte</translation>
    </message>
    <message>
        <source>Shares of the workers</source>
        <translation>Anteile an den Workern</translation>
    </message>
    <message>
        <source>Settings of the workers</source>
        <translation>Einstellungen der Worker</translation>
    </message>
    <message>
        <source>&amp;Preset</source>
        <translation>&amp;Vorgabe</translation>
    </message>
    <message>
        <source>Preset</source>
        <translation>Vorgabe</translation>
    </message>
    <message>
        <source>Ready-made settings, named after the ways to serve many requests; nothing changes before Apply</source>
        <translation>Fertige Einstellungen, nach den Betriebsarten benannt; nichts ändert sich vor dem Anwenden</translation>
    </message>
    <message>
        <source>Devices</source>
        <translation>Geräte</translation>
    </message>
    <message>
        <source>Workers</source>
        <translation>Worker</translation>
    </message>
    <message>
        <source>&amp;Isolation</source>
        <translation>&amp;Trennung</translation>
    </message>
    <message>
        <source>Isolation of workers</source>
        <translation>Trennung der Worker</translation>
    </message>
    <message>
        <source>Threads share memory and start fast; a crash in a process of its own costs no frame</source>
        <translation>Threads teilen Speicher und starten schnell; ein Absturz in einem eigenen Prozess kostet kein Bild</translation>
    </message>
    <message>
        <source>Computing t&amp;hreads</source>
        <translation>&amp;Rechenthreads</translation>
    </message>
    <message>
        <source>Computing threads of a worker</source>
        <translation>Rechenthreads eines Workers</translation>
    </message>
    <message>
        <source>P&amp;recision</source>
        <translation>&amp;Genauigkeit</translation>
    </message>
    <message>
        <source>Precision of the network</source>
        <translation>Genauigkeit des Netzes</translation>
    </message>
    <message>
        <source>16 bits are faster where the device computes them, and a little less exact</source>
        <translation>16 Bit sind schneller, wo das Gerät sie rechnet, und etwas weniger genau</translation>
    </message>
    <message>
        <source>Ba&amp;lancing</source>
        <translation>Ver&amp;teilung</translation>
    </message>
    <message>
        <source>Balancing of workers</source>
        <translation>Verteilung auf die Worker</translation>
    </message>
    <message>
        <source>Which worker takes a frame: Earliest finish lets idle workers pull and suits devices of different speed; the others are for comparison</source>
        <translation>Welcher Worker ein Bild nimmt: Frühestes Ende lässt freie Worker ziehen und passt zu verschieden schnellen Geräten; die anderen sind zum Vergleichen</translation>
    </message>
    <message>
        <source>Largest &amp;batch</source>
        <translation>Größter &amp;Stapel</translation>
    </message>
    <message>
        <source>Largest batch</source>
        <translation>Größter Stapel</translation>
    </message>
    <message>
        <source> ms</source>
        <translation> ms</translation>
    </message>
    <message>
        <source>&amp;Wait for a batch</source>
        <translation>&amp;Warten auf einen Stapel</translation>
    </message>
    <message>
        <source>Longest wait for a batch to fill</source>
        <translation>Längstes Warten auf einen vollen Stapel</translation>
    </message>
    <message>
        <source>How long a worker waits for a batch to fill, at most 1000 ms: longer makes batches fuller and every frame later; 0 takes what is there</source>
        <translation>Wie lange ein Worker auf einen vollen Stapel wartet, höchstens 1000 ms: länger macht Stapel voller und jedes Bild später; 0 nimmt, was da ist</translation>
    </message>
    <message>
        <source>Priorities</source>
        <translation>Vorrang</translation>
    </message>
    <message>
        <source>Pre&amp;view</source>
        <translation>Vors&amp;chau</translation>
    </message>
    <message>
        <source>Share of the preview</source>
        <translation>Anteil der Vorschau</translation>
    </message>
    <message>
        <source>How often the preview has its turn while others wait, 1 to 100: more keeps it smooth beside exports</source>
        <translation>Wie oft die Vorschau an der Reihe ist, während andere warten, 1 bis 100: mehr hält sie neben Exporten flüssig</translation>
    </message>
    <message>
        <source>Li&amp;ve</source>
        <translation>&amp;Live</translation>
    </message>
    <message>
        <source>Share of live sessions</source>
        <translation>Anteil der Live-Sitzungen</translation>
    </message>
    <message>
        <source>How often live sessions and served streams have their turn while others wait, 1 to 100</source>
        <translation>Wie oft Live-Sitzungen und bediente Ströme an der Reihe sind, während andere warten, 1 bis 100</translation>
    </message>
    <message>
        <source>E&amp;xport</source>
        <translation>E&amp;xport</translation>
    </message>
    <message>
        <source>Share of exports</source>
        <translation>Anteil der Exporte</translation>
    </message>
    <message>
        <source>How often exports have their turn while others wait, 1 to 100: more finishes them sooner</source>
        <translation>Wie oft Exporte an der Reihe sind, während andere warten, 1 bis 100: mehr macht sie früher fertig</translation>
    </message>
    <message>
        <source>Own settings</source>
        <translation>Eigene Einstellungen</translation>
    </message>
    <message>
        <source>These settings are your own.</source>
        <translation>Diese Einstellungen sind Ihre eigenen.</translation>
    </message>
    <message>
        <source>Looking for devices…</source>
        <translation>Sucht Geräte…</translation>
    </message>
    <message>
        <source> thread</source>
        <translation> Thread</translation>
    </message>
    <message>
        <source> threads</source>
        <translation> Threads</translation>
    </message>
    <message>
        <source>Cores that a worker on the processor computes a batch with, at most %1: more makes a batch shorter; workers × threads above the cores makes all slower</source>
        <translation>Kerne, mit denen ein Worker auf dem Prozessor einen Stapel rechnet, höchstens %1: mehr macht einen Stapel kürzer; Worker × Threads über der Zahl der Kerne macht alle langsamer</translation>
    </message>
    <message>
        <source>Only workers on the processor have computing threads.</source>
        <translation>Nur Worker auf dem Prozessor haben Rechenthreads.</translation>
    </message>
    <message>
        <source> frame</source>
        <translation> Bild</translation>
    </message>
    <message>
        <source> frames</source>
        <translation> Bilder</translation>
    </message>
    <message>
        <source>Frames that a worker computes at once, at most %1: larger batches make more frames a second, each of them later, and take more memory</source>
        <translation>Bilder, die ein Worker auf einmal rechnet, höchstens %1: Größere Stapel machen mehr Bilder je Sekunde, jedes davon später, und brauchen mehr Speicher</translation>
    </message>
    <message>
        <source>The chosen devices do not compute this any faster.</source>
        <translation>Die gewählten Geräte rechnen das nicht schneller.</translation>
    </message>
    <message>
        <source> part</source>
        <translation> Teil</translation>
    </message>
    <message>
        <source> parts</source>
        <translation> Teile</translation>
    </message>
    <message>
        <source>While all of them wait, the preview gets %1 % of the workers, live sessions %2 %, exports %3 %.</source>
        <translation>Wenn alle warten, bekommt die Vorschau %1 % der Worker, Live-Sitzungen %2 %, Exporte %3 %.</translation>
    </message>
</context>
<context>
    <name>lipsync::ui::PrepareForm</name>
    <message>
        <source>Video</source>
        <translation>Video</translation>
    </message>
    <message>
        <source>Video of one person who talks to the camera</source>
        <translation>Video eines Menschen, der in die Kamera spricht</translation>
    </message>
    <message>
        <source>Avatar to make</source>
        <translation>Neuer Avatar</translation>
    </message>
    <message>
        <source>Folder NAME.avatar that is made</source>
        <translation>Ordner NAME.avatar, der entsteht</translation>
    </message>
    <message>
        <source>Videos (*.mp4 *.mkv *.webm *.mov *.avi);;All files (*)</source>
        <translation>Videos (*.mp4 *.mkv *.webm *.mov *.avi);;Alle Dateien (*)</translation>
    </message>
    <message>
        <source>Avatars (*.avatar)</source>
        <translation>Avatare (*.avatar)</translation>
    </message>
    <message>
        <source>Network</source>
        <translation>Netz</translation>
    </message>
    <message>
        <source>How many pixels the network to be trained sees: more are sharper and take longer</source>
        <translation>Wie viele Pixel das zu trainierende Netz sieht: mehr sind schärfer und dauern länger</translation>
    </message>
    <message>
        <source>%1 × %1 pixels</source>
        <translation>%1 × %1 Pixel</translation>
    </message>
    <message>
        <source>&amp;Video</source>
        <translation>&amp;Video</translation>
    </message>
    <message>
        <source>A&amp;vatar to make</source>
        <translation>Neuer A&amp;vatar</translation>
    </message>
    <message>
        <source>&amp;Network</source>
        <translation>&amp;Netz</translation>
    </message>
    <message>
        <source>Choose a video of a talking person.</source>
        <translation>Wählen Sie das Video eines sprechenden Menschen.</translation>
    </message>
    <message>
        <source>Choose a name for the avatar.</source>
        <translation>Wählen Sie einen Namen für den Avatar.</translation>
    </message>
</context>
<context>
    <name>lipsync::ui::PreviewCommands</name>
    <message>
        <source>The frame was saved as %1.</source>
        <translation>Das Bild wurde als %1 gespeichert.</translation>
    </message>
    <message>
        <source>Save frame</source>
        <translation>Bild speichern</translation>
    </message>
    <message>
        <source>PNG pictures (*.png)</source>
        <translation>PNG-Bilder (*.png)</translation>
    </message>
    <message>
        <source>Replace %1?</source>
        <translation>%1 ersetzen?</translation>
    </message>
    <message>
        <source>A file of this name is there already.</source>
        <translation>Eine Datei dieses Namens ist schon da.</translation>
    </message>
    <message>
        <source>Replace</source>
        <translation>Ersetzen</translation>
    </message>
</context>
<context>
    <name>lipsync::ui::PreviewPanel</name>
    <message>
        <source>Preview</source>
        <translation>Vorschau</translation>
    </message>
</context>
<context>
    <name>lipsync::ui::PreviewTools</name>
    <message>
        <source>Preview tools</source>
        <translation>Werkzeuge der Vorschau</translation>
    </message>
    <message>
        <source>Zoom</source>
        <translation>Vergrößerung</translation>
    </message>
    <message>
        <source>Size of the picture against its own</source>
        <translation>Größe des Bildes gegenüber seiner eigenen</translation>
    </message>
    <message>
        <source>%1 %</source>
        <translation>%1 %</translation>
    </message>
    <message>
        <source>– %</source>
        <translation>– %</translation>
    </message>
    <message>
        <source>A/V </source>
        <translation>A/V </translation>
    </message>
    <message>
        <source> ms</source>
        <translation> ms</translation>
    </message>
    <message>
        <source>Picture against sound</source>
        <translation>Bild gegen Ton</translation>
    </message>
    <message>
        <source>So much later is the picture shown than its sound; less than 0 is earlier</source>
        <translation>So viel später wird das Bild gezeigt als sein Ton; unter 0 ist früher</translation>
    </message>
    <message>
        <source>Volume</source>
        <translation>Lautstärke</translation>
    </message>
    <message>
        <source>How loud the voice is, in percent</source>
        <translation>Wie laut die Stimme ist, in Prozent</translation>
    </message>
    <message>
        <source>More preview tools</source>
        <translation>Weitere Werkzeuge der Vorschau</translation>
    </message>
    <message>
        <source>Preview tools that the bar has no room for</source>
        <translation>Werkzeuge der Vorschau, für die in der Leiste kein Platz ist</translation>
    </message>
</context>
<context>
    <name>lipsync::ui::ProgressDelegate</name>
    <message>
        <source>%1 %</source>
        <translation>%1 %</translation>
    </message>
</context>
<context>
    <name>lipsync::ui::ProjectCommands</name>
    <message>
        <source>Open project</source>
        <translation>Projekt öffnen</translation>
    </message>
    <message>
        <source>Projects (*%1);;All files (*)</source>
        <translation>Projekte (*%1);;Alle Dateien (*)</translation>
    </message>
    <message>
        <source>Save the changes to “%1”?</source>
        <translation>Die Änderungen an „%1“ speichern?</translation>
    </message>
    <message>
        <source>Without saving, the changes since the last time are lost.</source>
        <translation>Ohne Speichern gehen die Änderungen seit dem letzten Mal verloren.</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>Speichern</translation>
    </message>
    <message>
        <source>Do not save</source>
        <translation>Nicht speichern</translation>
    </message>
    <message>
        <source>Save project as</source>
        <translation>Projekt speichern als</translation>
    </message>
    <message>
        <source>Projects (*%1)</source>
        <translation>Projekte (*%1)</translation>
    </message>
    <message>
        <source>Replace what is there?</source>
        <translation>Vorhandenes ersetzen?</translation>
    </message>
    <message>
        <source>%1 exists already.</source>
        <translation>%1 ist schon da.</translation>
    </message>
    <message>
        <source>Replace</source>
        <translation>Ersetzen</translation>
    </message>
    <message>
        <source>Restore the unsaved work of %1?</source>
        <translation>Die ungesicherte Arbeit vom %1 wiederherstellen?</translation>
    </message>
    <message>
        <source>Restore the unsaved changes to “%1” of %2?</source>
        <translation>Die ungesicherten Änderungen an „%1“ vom %2 wiederherstellen?</translation>
    </message>
    <message>
        <source>The studio ended without saving them last time.</source>
        <translation>Das Studio endete beim letzten Mal, ohne sie zu speichern.</translation>
    </message>
    <message>
        <source>Restore</source>
        <translation>Wiederherstellen</translation>
    </message>
    <message>
        <source>Throw away</source>
        <translation>Wegwerfen</translation>
    </message>
    <message>
        <source>&amp;Undo: %1</source>
        <translation>&amp;Rückgängig: %1</translation>
    </message>
    <message>
        <source>&amp;Undo</source>
        <translation>&amp;Rückgängig</translation>
    </message>
    <message>
        <source>&amp;Redo: %1</source>
        <translation>&amp;Wiederherstellen: %1</translation>
    </message>
    <message>
        <source>&amp;Redo</source>
        <translation>&amp;Wiederherstellen</translation>
    </message>
    <message>
        <source>%1[*] – LipSync Studio</source>
        <translation>%1[*] – LipSync Studio</translation>
    </message>
    <message>
        <source>Saved as %1</source>
        <translation>Gespeichert als %1</translation>
    </message>
    <message>
        <source>The studio ended without saving it last time.</source>
        <translation>Das Studio wurde beim letzten Mal beendet, ohne sie zu speichern.</translation>
    </message>
</context>
<context>
    <name>lipsync::ui::ProjectDocument</name>
    <message>
        <source>another avatar</source>
        <translation>anderer Avatar</translation>
    </message>
    <message>
        <source>another voice</source>
        <translation>andere Stimme</translation>
    </message>
    <message>
        <source>loop range</source>
        <translation>Schleife</translation>
    </message>
    <message>
        <source>concurrency</source>
        <translation>Nebenläufigkeit</translation>
    </message>
    <message>
        <source>export settings</source>
        <translation>Exporteinstellungen</translation>
    </message>
</context>
<context>
    <name>lipsync::ui::ProjectStore</name>
    <message>
        <source>Untitled project</source>
        <translation>Projekt ohne Namen</translation>
    </message>
    <message>
        <source>The studio kept unsaved work before it ended last time, but the file is damaged. It was kept as %1.</source>
        <translation>Das Studio hielt vor seinem letzten Ende ungesicherte Arbeit fest, aber die Datei ist beschädigt. Sie wurde als %1 aufgehoben.</translation>
    </message>
</context>
<context>
    <name>lipsync::ui::RecentMenu</name>
    <message>
        <source>Open &amp;Recent Project</source>
        <translation>&amp;Letzte Projekte</translation>
    </message>
    <message>
        <source>&amp;%1  %2</source>
        <translation>&amp;%1  %2</translation>
    </message>
</context>
<context>
    <name>lipsync::ui::ServedCallModel</name>
    <message>
        <source>Time</source>
        <translation>Zeit</translation>
    </message>
    <message>
        <source>From</source>
        <translation>Von</translation>
    </message>
    <message>
        <source>Method</source>
        <translation>Methode</translation>
    </message>
    <message>
        <source>Avatar</source>
        <translation>Avatar</translation>
    </message>
    <message>
        <source>Ended</source>
        <translation>Ende</translation>
    </message>
    <message>
        <source>Frames</source>
        <translation>Bilder</translation>
    </message>
    <message>
        <source>Took</source>
        <translation>Dauer</translation>
    </message>
    <message>
        <source>%1 ms</source>
        <translation>%1 ms</translation>
    </message>
</context>
<context>
    <name>lipsync::ui::ServedFolders</name>
    <message>
        <source>Remove</source>
        <translation>Entfernen</translation>
    </message>
    <message>
        <source>Served folders</source>
        <translation>Bediente Ordner</translation>
    </message>
    <message>
        <source>Folders whose avatars are served beside those of the library</source>
        <translation>Ordner, deren Avatare neben denen der Bibliothek angeboten werden</translation>
    </message>
    <message>
        <source>Add Folder…</source>
        <translation>Ordner hinzufügen…</translation>
    </message>
    <message>
        <source>Add a folder of avatars</source>
        <translation>Einen Ordner mit Avataren hinzufügen</translation>
    </message>
    <message>
        <source>Serve the avatars of a folder, too</source>
        <translation>Auch die Avatare eines Ordners anbieten</translation>
    </message>
    <message>
        <source>Remove the chosen folder</source>
        <translation>Den gewählten Ordner entfernen</translation>
    </message>
    <message>
        <source>Serve the avatars of the chosen folder no more; the folder stays</source>
        <translation>Die Avatare des gewählten Ordners nicht mehr anbieten; der Ordner bleibt</translation>
    </message>
    <message>
        <source>Folder of avatars</source>
        <translation>Ordner mit Avataren</translation>
    </message>
</context>
<context>
    <name>lipsync::ui::ServedMethodModel</name>
    <message>
        <source>Method</source>
        <translation>Methode</translation>
    </message>
    <message>
        <source>Calls</source>
        <translation>Aufrufe</translation>
    </message>
    <message>
        <source>Failed</source>
        <translation>Gescheitert</translation>
    </message>
    <message>
        <source>Half within</source>
        <translation>Hälfte in</translation>
    </message>
    <message>
        <source>p99</source>
        <translation>p99</translation>
    </message>
    <message>
        <source>%1 ms</source>
        <translation>%1 ms</translation>
    </message>
</context>
<context>
    <name>lipsync::ui::ServerForm</name>
    <message>
        <source>Avatars of the &amp;library</source>
        <translation>Avatare der &amp;Bibliothek</translation>
    </message>
    <message>
        <source>Start &amp;with the studio</source>
        <translation>&amp;Mit dem Studio starten</translation>
    </message>
    <message>
        <source>About the safety of the server</source>
        <translation>Zur Sicherheit des Servers</translation>
    </message>
    <message>
        <source>Settings of the server</source>
        <translation>Einstellungen des Servers</translation>
    </message>
    <message>
        <source>A&amp;ddress</source>
        <translation>A&amp;dresse</translation>
    </message>
    <message>
        <source>Address</source>
        <translation>Adresse</translation>
    </message>
    <message>
        <source>127.0.0.1 is reached by programs of this machine alone, 0.0.0.0 by every machine of the network; or one of this machine&apos;s addresses</source>
        <translation>127.0.0.1 erreichen nur Programme dieses Rechners, 0.0.0.0 jeder Rechner im Netz; oder eine der Adressen dieses Rechners</translation>
    </message>
    <message>
        <source>any free one</source>
        <translation>irgendein freier</translation>
    </message>
    <message>
        <source>P&amp;ort</source>
        <translation>P&amp;ort</translation>
    </message>
    <message>
        <source>Port</source>
        <translation>Port</translation>
    </message>
    <message>
        <source>The port that clients call, at most 65535; 0 takes any that is free</source>
        <translation>Der Port, den Clients aufrufen, höchstens 65535; 0 nimmt irgendeinen freien</translation>
    </message>
    <message>
        <source>Avatars</source>
        <translation>Avatare</translation>
    </message>
    <message>
        <source>Serve the avatars of the library</source>
        <translation>Die Avatare der Bibliothek anbieten</translation>
    </message>
    <message>
        <source>Clients see the trained avatars that are in the library when the server starts</source>
        <translation>Clients sehen die trainierten Avatare, die beim Start des Servers in der Bibliothek sind</translation>
    </message>
    <message>
        <source>Who may call</source>
        <translation>Wer aufrufen darf</translation>
    </message>
    <message>
        <source>none</source>
        <translation>keine</translation>
    </message>
    <message>
        <source>Certificates and keys (*.pem *.crt *.cer *.key);;All files (*)</source>
        <translation>Zertifikate und Schlüssel (*.pem *.crt *.cer *.key);;Alle Dateien (*)</translation>
    </message>
    <message>
        <source>To&amp;ken file</source>
        <translation>To&amp;ken-Datei</translation>
    </message>
    <message>
        <source>Token file</source>
        <translation>Token-Datei</translation>
    </message>
    <message>
        <source>One token a line that clients have to show; nobody but you may read the file</source>
        <translation>Je Zeile ein Token, das Clients vorzeigen müssen; niemand außer Ihnen darf die Datei lesen</translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation>Alle Dateien (*)</translation>
    </message>
    <message>
        <source>Cert&amp;ificate</source>
        <translation>Zert&amp;ifikat</translation>
    </message>
    <message>
        <source>Certificate</source>
        <translation>Zertifikat</translation>
    </message>
    <message>
        <source>The server&apos;s certificate as PEM; with its key the connections are encrypted</source>
        <translation>Das Zertifikat des Servers als PEM; mit seinem Schlüssel sind die Verbindungen verschlüsselt</translation>
    </message>
    <message>
        <source>Ke&amp;y</source>
        <translation>Sch&amp;lüssel</translation>
    </message>
    <message>
        <source>Key of the certificate</source>
        <translation>Schlüssel des Zertifikats</translation>
    </message>
    <message>
        <source>The key of the certificate as PEM; nobody but you may read the file</source>
        <translation>Der Schlüssel des Zertifikats als PEM; niemand außer Ihnen darf die Datei lesen</translation>
    </message>
    <message>
        <source>Clie&amp;nts</source>
        <translation>Clie&amp;nts</translation>
    </message>
    <message>
        <source>Who signs clients&apos; certificates</source>
        <translation>Wer die Zertifikate der Clients unterschreibt</translation>
    </message>
    <message>
        <source>Certificates as PEM of whoever signs those of the clients: none without one is let in</source>
        <translation>Zertifikate als PEM von dem, der die der Clients unterschreibt: Ohne eines kommt niemand herein</translation>
    </message>
    <message>
        <source>Besides</source>
        <translation>Außerdem</translation>
    </message>
    <message>
        <source>&amp;Metrics</source>
        <translation>Mess&amp;werte</translation>
    </message>
    <message>
        <source>Address of the page of numbers</source>
        <translation>Adresse der Seite mit Messwerten</translation>
    </message>
    <message>
        <source>HOST:PORT of a page of numbers for Prometheus, such as 127.0.0.1:9464</source>
        <translation>HOST:PORT einer Seite mit Messwerten für Prometheus, etwa 127.0.0.1:9464</translation>
    </message>
    <message>
        <source>Start the server with the studio</source>
        <translation>Den Server mit dem Studio starten</translation>
    </message>
    <message>
        <source>The server is switched on whenever the studio starts</source>
        <translation>Der Server wird bei jedem Start des Studios eingeschaltet</translation>
    </message>
    <message>
        <source>&amp;Browsers</source>
        <translation>Brows&amp;er</translation>
    </message>
    <message>
        <source>Address of the page for browsers</source>
        <translation>Adresse der Seite für Browser</translation>
    </message>
    <message>
        <source>HOST:PORT of a page that plays the avatars, and of its WebSocket, such as 127.0.0.1:8086</source>
        <translation>HOST:PORT einer Seite, die die Avatare abspielt, und ihres WebSockets, etwa 127.0.0.1:8086</translation>
    </message>
</context>
<context>
    <name>lipsync::ui::ServerModel</name>
    <message>
        <source>Give the address that clients call: 127.0.0.1 is reached by programs of this machine alone.</source>
        <translation>Geben Sie die Adresse an, die Clients aufrufen: 127.0.0.1 erreichen nur Programme dieses Rechners.</translation>
    </message>
    <message>
        <source>The library is being read.</source>
        <translation>Die Bibliothek wird gelesen.</translation>
    </message>
    <message>
        <source>There is nothing to serve: put an avatar into the library and serve it, or add a folder of avatars.</source>
        <translation>Es gibt nichts anzubieten: Legen Sie einen Avatar in die Bibliothek und bieten Sie sie an, oder fügen Sie einen Ordner mit Avataren hinzu.</translation>
    </message>
    <message>
        <source>The server starts once the library is read.</source>
        <translation>Der Server startet, sobald die Bibliothek gelesen ist.</translation>
    </message>
    <message>
        <source>The server is off.</source>
        <translation>Der Server ist aus.</translation>
    </message>
    <message>
        <source>Starting…</source>
        <translation>Startet…</translation>
    </message>
    <message>
        <source>Serving at %1</source>
        <translation>Erreichbar unter %1</translation>
    </message>
    <message numerus="yes">
        <source>Stopping: %n call(s) under way.</source>
        <translation>
            <numerusform>Hält an: %n Aufruf läuft noch.</numerusform>
            <numerusform>Hält an: %n Aufrufe laufen noch.</numerusform>
        </translation>
    </message>
    <message>
        <source>Then it starts again.</source>
        <translation>Danach startet er wieder.</translation>
    </message>
    <message>
        <source>server off</source>
        <translation>Server aus</translation>
    </message>
    <message>
        <source>server starts</source>
        <translation>Server startet</translation>
    </message>
    <message numerus="yes">
        <source>server on %1, %n call(s)</source>
        <translation>
            <numerusform>Server an %1, %n Aufruf</numerusform>
            <numerusform>Server an %1, %n Aufrufe</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>server stops, %n call(s)</source>
        <translation>
            <numerusform>Server hält an, %n Aufruf</numerusform>
            <numerusform>Server hält an, %n Aufrufe</numerusform>
        </translation>
    </message>
    <message>
        <source>Up %1</source>
        <translation>Läuft seit %1</translation>
    </message>
    <message>
        <source>under way: %1</source>
        <translation>laufende Aufrufe: %1</translation>
    </message>
    <message>
        <source>avatars ready: %1 of %2</source>
        <translation>bereite Avatare: %1 von %2</translation>
    </message>
    <message>
        <source>calls: %1</source>
        <translation>Aufrufe: %1</translation>
    </message>
    <message>
        <source>failed: %1</source>
        <translation>gescheitert: %1</translation>
    </message>
    <message>
        <source>%1 is not served: %2</source>
        <translation>%1 wird nicht angeboten: %2</translation>
    </message>
    <message>
        <source>%1 more are not served.</source>
        <translation>%1 weitere werden nicht angeboten.</translation>
    </message>
    <message>
        <source>The server was not started. %1</source>
        <translation>Der Server wurde nicht gestartet. %1</translation>
    </message>
</context>
<context>
    <name>lipsync::ui::ServerPanel</name>
    <message>
        <source>State of the server</source>
        <translation>Zustand des Servers</translation>
    </message>
    <message>
        <source>Why the server was not started</source>
        <translation>Warum der Server nicht gestartet wurde</translation>
    </message>
    <message>
        <source>About the settings of the server</source>
        <translation>Zu den Einstellungen des Servers</translation>
    </message>
    <message>
        <source>Figures of the server</source>
        <translation>Zahlen des Servers</translation>
    </message>
    <message>
        <source>Avatars that are not served</source>
        <translation>Avatare, die nicht angeboten werden</translation>
    </message>
    <message>
        <source>About the calls</source>
        <translation>Zu den Aufrufen</translation>
    </message>
    <message>
        <source>Server</source>
        <translation>Server</translation>
    </message>
    <message>
        <source>Calls of each method</source>
        <translation>Aufrufe jeder Methode</translation>
    </message>
    <message>
        <source>What clients called since the server was started, how often it failed and how long it took</source>
        <translation>Was Clients seit dem Start des Servers aufgerufen haben, wie oft es scheiterte und wie lange es dauerte</translation>
    </message>
    <message>
        <source>The last calls</source>
        <translation>Die letzten Aufrufe</translation>
    </message>
    <message>
        <source>The last calls, the newest first: who called what, how it ended and how long it took</source>
        <translation>Die letzten Aufrufe, der neueste zuerst: wer was aufrief, wie es endete und wie lange es dauerte</translation>
    </message>
    <message>
        <source>%1 is copied.</source>
        <translation>%1 ist kopiert.</translation>
    </message>
    <message>
        <source>The token file is made. Copy Token gives a client its token.</source>
        <translation>Die Token-Datei ist angelegt. „Token kopieren“ gibt einem Client sein Token.</translation>
    </message>
    <message>
        <source>The token is copied.</source>
        <translation>Das Token ist kopiert.</translation>
    </message>
    <message>
        <source>New token file</source>
        <translation>Neue Token-Datei</translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation>Alle Dateien (*)</translation>
    </message>
    <message>
        <source>Replace what is there?</source>
        <translation>Ersetzen, was da ist?</translation>
    </message>
    <message>
        <source>%1 exists already. Clients with its tokens are let in no more.</source>
        <translation>%1 gibt es schon. Clients mit seinen Tokens kommen nicht mehr herein.</translation>
    </message>
    <message>
        <source>Replace</source>
        <translation>Ersetzen</translation>
    </message>
    <message>
        <source>Stop Se&amp;rver</source>
        <translation>Se&amp;rver anhalten</translation>
    </message>
    <message>
        <source>Sta&amp;rt Server</source>
        <translation>Se&amp;rver starten</translation>
    </message>
    <message>
        <source>Settings or avatars were changed: that counts once the server is started again.</source>
        <translation>Einstellungen oder Avatare wurden geändert: Das gilt, sobald der Server neu gestartet ist.</translation>
    </message>
    <message>
        <source>Nobody has called yet. Clients reach the server at %1.</source>
        <translation>Noch hat niemand aufgerufen. Clients erreichen den Server unter %1.</translation>
    </message>
    <message>
        <source>Other programs can use the avatars and workers of the studio by gRPC: start the server. They share the workers with live speech; previews keep their share.</source>
        <translation>Andere Programme können die Avatare und Worker des Studios über gRPC nutzen: Starten Sie den Server. Sie teilen sich die Worker mit Live; Vorschauen behalten ihren Anteil.</translation>
    </message>
</context>
<context>
    <name>lipsync::ui::SettingsDialog</name>
    <message>
        <source>No setting has these words.</source>
        <translation>Keine Einstellung enthält diese Wörter.</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>Einstellungen</translation>
    </message>
    <message>
        <source>Find a setting or a command</source>
        <translation>Einstellung oder Befehl suchen</translation>
    </message>
    <message>
        <source>Any word of a setting, of what it does or of its choices, or of a command</source>
        <translation>Ein Wort einer Einstellung, ihrer Wirkung oder ihrer Auswahl, oder eines Befehls</translation>
    </message>
    <message>
        <source>Pages of settings</source>
        <translation>Seiten der Einstellungen</translation>
    </message>
    <message>
        <source>Choose which settings are shown</source>
        <translation>Wählt, welche Einstellungen gezeigt werden</translation>
    </message>
    <message>
        <source>Shortcuts</source>
        <translation>Tastenkürzel</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>Close the settings</source>
        <translation>Einstellungen schließen</translation>
    </message>
    <message>
        <source>Close the settings; changes are in force already</source>
        <translation>Schließt die Einstellungen; Änderungen gelten schon</translation>
    </message>
</context>
<context>
    <name>lipsync::ui::ShortcutChoice</name>
    <message>
        <source>Press the keys of the shortcut first.</source>
        <translation>Drücken Sie zuerst die Tasten des Kürzels.</translation>
    </message>
    <message>
        <source>These keys cannot be a shortcut: choose others.</source>
        <translation>Diese Tasten können kein Kürzel sein: Wählen Sie andere.</translation>
    </message>
    <message>
        <source>%1 moves between controls or answers questions: add Ctrl or Alt.</source>
        <translation>%1 wechselt zwischen Bedienelementen oder beantwortet Fragen: Nehmen Sie Strg oder Alt dazu.</translation>
    </message>
</context>
<context>
    <name>lipsync::ui::ShortcutsEditor</name>
    <message>
        <source>Assign</source>
        <translation>Zuweisen</translation>
    </message>
    <message>
        <source>Make these keys the shortcut of the chosen command</source>
        <translation>Macht diese Tasten zum Kürzel des gewählten Befehls</translation>
    </message>
    <message>
        <source>No shortcut</source>
        <translation>Kein Kürzel</translation>
    </message>
    <message>
        <source>Take the shortcut from the chosen command</source>
        <translation>Nimmt dem gewählten Befehl das Kürzel</translation>
    </message>
    <message>
        <source>Reset</source>
        <translation>Zurücksetzen</translation>
    </message>
    <message>
        <source>Give the chosen command its first shortcut again</source>
        <translation>Gibt dem gewählten Befehl sein erstes Kürzel wieder</translation>
    </message>
    <message>
        <source>Reset all</source>
        <translation>Alle zurücksetzen</translation>
    </message>
    <message>
        <source>Give every command its first shortcut again</source>
        <translation>Gibt jedem Befehl sein erstes Kürzel wieder</translation>
    </message>
    <message>
        <source>Shortcuts</source>
        <translation>Tastenkürzel</translation>
    </message>
    <message>
        <source>Find a command or keys</source>
        <translation>Befehl oder Tasten suchen</translation>
    </message>
    <message>
        <source>Part of a command&apos;s name, of what it does or of its shortcut</source>
        <translation>Teil vom Namen eines Befehls, seiner Wirkung oder seines Kürzels</translation>
    </message>
    <message>
        <source>Commands and their shortcuts</source>
        <translation>Befehle und ihre Kürzel</translation>
    </message>
    <message>
        <source>Choose a command to change its shortcut below</source>
        <translation>Wählen Sie einen Befehl, um unten sein Kürzel zu ändern</translation>
    </message>
    <message>
        <source>New shortcut</source>
        <translation>Neues Kürzel</translation>
    </message>
    <message>
        <source>Press the keys that the chosen command shall have</source>
        <translation>Drücken Sie die Tasten, die der gewählte Befehl haben soll</translation>
    </message>
    <message>
        <source>Press the new keys</source>
        <translation>Neue Tasten drücken</translation>
    </message>
    <message>
        <source>About the new shortcut</source>
        <translation>Über das neue Kürzel</translation>
    </message>
    <message>
        <source>No command fits.</source>
        <translation>Kein Befehl passt.</translation>
    </message>
    <message>
        <source>Press the new keys for “%1”.</source>
        <translation>Drücken Sie die neuen Tasten für „%1“.</translation>
    </message>
    <message>
        <source>Take over</source>
        <translation>Übernehmen</translation>
    </message>
    <message>
        <source>“%1” has these keys now and would lose them to “%2”.</source>
        <translation>„%1“ hat jetzt diese Tasten und verlöre sie an „%2“.</translation>
    </message>
    <message>
        <source>These keys are free for “%1”.</source>
        <translation>Diese Tasten sind frei für „%1“.</translation>
    </message>
</context>
<context>
    <name>lipsync::ui::ShortcutsModel</name>
    <message>
        <source>No shortcut, changed</source>
        <translation>Kein Kürzel, geändert</translation>
    </message>
    <message>
        <source>%1, changed</source>
        <translation>%1, geändert</translation>
    </message>
    <message>
        <source>Command</source>
        <translation>Befehl</translation>
    </message>
    <message>
        <source>Menu</source>
        <translation>Menü</translation>
    </message>
    <message>
        <source>Shortcut</source>
        <translation>Tastenkürzel</translation>
    </message>
</context>
<context>
    <name>lipsync::ui::StatusStrip</name>
    <message>
        <source>Engine state</source>
        <translation>Zustand der Engine</translation>
    </message>
    <message>
        <source>What the engine is doing</source>
        <translation>Was die Engine gerade tut</translation>
    </message>
    <message>
        <source>Sound</source>
        <translation>Ton</translation>
    </message>
    <message>
        <source>Whether the voice is heard; without a sound device the time runs on in silence</source>
        <translation>Ob die Stimme zu hören ist; ohne Tongerät läuft die Zeit still weiter</translation>
    </message>
    <message>
        <source>Frames per second</source>
        <translation>Bilder je Sekunde</translation>
    </message>
    <message>
        <source>Frames the engine made in the last second</source>
        <translation>Bilder, die die Engine in der letzten Sekunde machte</translation>
    </message>
    <message>
        <source>Latency</source>
        <translation>Verzögerung</translation>
    </message>
    <message>
        <source>From the wish for a frame to its picture</source>
        <translation>Vom Wunsch nach einem Bild bis zum Bild</translation>
    </message>
    <message>
        <source>Dropped frames</source>
        <translation>Verworfene Bilder</translation>
    </message>
    <message>
        <source>Frames that were not made in time</source>
        <translation>Bilder, die nicht rechtzeitig fertig wurden</translation>
    </message>
    <message>
        <source>Picture against sound</source>
        <translation>Bild gegen Ton</translation>
    </message>
    <message>
        <source>How far the picture is ahead of the sound, mean of the last second</source>
        <translation>Wie weit das Bild dem Ton voraus ist, im Mittel der letzten Sekunde</translation>
    </message>
    <message>
        <source>%1 fps</source>
        <translation>%1 B/s</translation>
    </message>
    <message>
        <source>%1 ms</source>
        <translation>%1 ms</translation>
    </message>
    <message>
        <source>%1 dropped</source>
        <translation>%1 verworfen</translation>
    </message>
    <message>
        <source>A/V –</source>
        <translation>A/V –</translation>
    </message>
    <message>
        <source>A/V %1%2 ms</source>
        <translation>A/V %1%2 ms</translation>
    </message>
    <message>
        <source>sound on</source>
        <translation>Ton an</translation>
    </message>
    <message>
        <source>no sound device</source>
        <translation>kein Tongerät</translation>
    </message>
    <message>
        <source>Workers</source>
        <translation>Worker</translation>
    </message>
    <message>
        <source>Workers that compute frames; in brackets those that do not work at the moment</source>
        <translation>Worker, die Bilder rechnen; in Klammern die, die gerade nicht arbeiten</translation>
    </message>
    <message>
        <source>Engine speed</source>
        <translation>Tempo der Engine</translation>
    </message>
    <message>
        <source>Frames a second of preview, live session and exports together, and what 99 of 100 frames take at most</source>
        <translation>Bilder je Sekunde von Vorschau, Live-Sitzung und Exporten zusammen, und was 99 von 100 Bildern höchstens brauchen</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>Speicher</translation>
    </message>
    <message>
        <source>Memory of the studio and its worker processes</source>
        <translation>Speicher des Studios und seiner Worker-Prozesse</translation>
    </message>
    <message numerus="yes">
        <source>%n worker(s)</source>
        <translation>
            <numerusform>%n Worker</numerusform>
            <numerusform>%n Worker</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n worker(s) (%1 down)</source>
        <translation>
            <numerusform>%n Worker (%1 aus)</numerusform>
            <numerusform>%n Worker (%1 aus)</numerusform>
        </translation>
    </message>
    <message>
        <source>engine %1 fps · p99 %2 ms</source>
        <translation>Engine %1 B/s · p99 %2 ms</translation>
    </message>
    <message>
        <source>%1 GB</source>
        <translation>%1 GB</translation>
    </message>
    <message>
        <source>– fps</source>
        <translation>– B/s</translation>
    </message>
    <message>
        <source>– ms</source>
        <translation>– ms</translation>
    </message>
    <message>
        <source>Server</source>
        <translation>Server</translation>
    </message>
    <message>
        <source>Whether other programs can use the studio, at which address, and their calls under way</source>
        <translation>Ob andere Programme das Studio nutzen können, unter welcher Adresse, und ihre laufenden Aufrufe</translation>
    </message>
</context>
<context>
    <name>lipsync::ui::TimeChart</name>
    <message>
        <source>−%1 min</source>
        <translation>−%1 min</translation>
    </message>
    <message>
        <source>0 s</source>
        <translation>0 s</translation>
    </message>
    <message>
        <source>−%1 s</source>
        <translation>−%1 s</translation>
    </message>
    <message>
        <source>%1: point at it or use the left and right arrow keys to read values, drag or use Shift and an arrow key to look back, Ctrl and the wheel or + and − to zoom</source>
        <translation>%1: Zeigen Sie darauf, oder lesen Sie Werte mit den Pfeiltasten ab; Ziehen, oder Umschalt mit einer Pfeiltaste, blickt zurück; Strg und Mausrad, oder + und −, vergrößert</translation>
    </message>
    <message>
        <source>%1 s ago</source>
        <translation>vor %1 s</translation>
    </message>
</context>
<context>
    <name>lipsync::ui::TokenFiles</name>
    <message>
        <source>%1 could not be written: %2.</source>
        <translation>%1 konnte nicht geschrieben werden: %2.</translation>
    </message>
    <message>
        <source>it holds no token</source>
        <translation>sie enthält kein Token</translation>
    </message>
    <message>
        <source>No token was read from %1: %2.</source>
        <translation>Aus %1 wurde kein Token gelesen: %2.</translation>
    </message>
</context>
<context>
    <name>lipsync::ui::TraceModel</name>
    <message>
        <source>Worker %1 · %2</source>
        <translation>Worker %1 · %2</translation>
    </message>
    <message>
        <source>Not computed</source>
        <translation>Nicht gerechnet</translation>
    </message>
</context>
<context>
    <name>lipsync::ui::TracePanel</name>
    <message>
        <source>Trace</source>
        <translation>Zeitverlauf</translation>
    </message>
    <message>
        <source>The trace was saved as %1.</source>
        <translation>Der Zeitverlauf wurde als %1 gespeichert.</translation>
    </message>
    <message>
        <source>Commands of the trace</source>
        <translation>Befehle des Zeitverlaufs</translation>
    </message>
    <message>
        <source>Late frames</source>
        <translation>Verspätete Bilder</translation>
    </message>
    <message>
        <source>Frames that came after their deadline, the newest first; choose one to see why</source>
        <translation>Bilder, die nach ihrer Frist kamen, das neueste zuerst; wählen Sie eines, um den Grund zu sehen</translation>
    </message>
    <message>
        <source>No frame was late.</source>
        <translation>Kein Bild kam zu spät.</translation>
    </message>
    <message>
        <source>Why the chosen frame took its time</source>
        <translation>Warum das gewählte Bild so lange brauchte</translation>
    </message>
    <message>
        <source>Why was this frame late?</source>
        <translation>Warum kam dieses Bild zu spät?</translation>
    </message>
    <message>
        <source>Where did this frame&apos;s time go?</source>
        <translation>Wohin ging die Zeit dieses Bildes?</translation>
    </message>
    <message numerus="yes">
        <source>%n late</source>
        <translation>
            <numerusform>%n verspätet</numerusform>
            <numerusform>%n verspätet</numerusform>
        </translation>
    </message>
    <message>
        <source>Save trace</source>
        <translation>Zeitverlauf speichern</translation>
    </message>
    <message>
        <source>Chrome trace (*.json)</source>
        <translation>Chrome-Zeitverlauf (*.json)</translation>
    </message>
</context>
<context>
    <name>lipsync::ui::TraceTimeline</name>
    <message>
        <source>Timeline of frames</source>
        <translation>Zeitleiste der Bilder</translation>
    </message>
    <message>
        <source>Batches of each worker and the frames in them: click a frame or use the left and right arrow keys to choose one, drag or use Shift and an arrow key to look back, Ctrl and the wheel or + and − to zoom</source>
        <translation>Stapel jedes Workers und ihre Bilder: Klick oder Pfeiltasten wählen ein Bild; Ziehen, oder Umschalt mit einer Pfeiltaste, blickt zurück; Strg und Mausrad, oder + und −, vergrößert</translation>
    </message>
    <message>
        <source>No frames yet. Play a preview or start an export, and its frames appear here.</source>
        <translation>Noch keine Bilder. Spielen Sie eine Vorschau ab, oder beginnen Sie einen Export, und seine Bilder erscheinen hier.</translation>
    </message>
    <message>
        <source>−%1 ms</source>
        <translation>−%1 ms</translation>
    </message>
    <message>
        <source>0 ms</source>
        <translation>0 ms</translation>
    </message>
    <message>
        <source>−%1 s</source>
        <translation>−%1 s</translation>
    </message>
    <message>
        <source>deadline</source>
        <translation>Frist</translation>
    </message>
</context>
<context>
    <name>lipsync::ui::TrainForm</name>
    <message>
        <source>Avatar</source>
        <translation>Avatar</translation>
    </message>
    <message>
        <source>Prepared or trained avatar that is taught</source>
        <translation>Vorbereiteter oder trainierter Avatar, der lernt</translation>
    </message>
    <message>
        <source>Avatar to begin with</source>
        <translation>Avatar für den Anfang</translation>
    </message>
    <message>
        <source>Trained avatar with whose networks the training begins</source>
        <translation>Trainierter Avatar, mit dessen Netzen das Training beginnt</translation>
    </message>
    <message>
        <source>Forget an unfinished training</source>
        <translation>Ein unfertiges Training vergessen</translation>
    </message>
    <message>
        <source>&amp;Avatar</source>
        <translation>A&amp;vatar</translation>
    </message>
    <message>
        <source>&amp;Begin with</source>
        <translation>&amp;Beginnen mit</translation>
    </message>
    <message>
        <source>Avatar &amp;to begin with</source>
        <translation>Avatar für den &amp;Anfang</translation>
    </message>
    <message>
        <source>&amp;Minutes</source>
        <translation>&amp;Minuten</translation>
    </message>
    <message>
        <source>&amp;Steps</source>
        <translation>&amp;Schritte</translation>
    </message>
    <message>
        <source>&amp;Device</source>
        <translation>&amp;Gerät</translation>
    </message>
    <message>
        <source>Choose the avatar to be taught.</source>
        <translation>Wählen Sie den Avatar, der lernen soll.</translation>
    </message>
    <message>
        <source>Choose the avatar to begin with.</source>
        <translation>Wählen Sie den Avatar für den Anfang.</translation>
    </message>
    <message>
        <source>Begin with</source>
        <translation>Beginnen mit</translation>
    </message>
    <message>
        <source>Which networks the training begins with: known ones need minutes, none needs hours</source>
        <translation>Mit welchen Netzen das Training beginnt: bekannte brauchen Minuten, keine brauchen Stunden</translation>
    </message>
    <message>
        <source>its own networks</source>
        <translation>eigenen Netzen</translation>
    </message>
    <message>
        <source>another avatar&apos;s networks</source>
        <translation>den Netzen eines anderen Avatars</translation>
    </message>
    <message>
        <source>nothing</source>
        <translation>nichts</translation>
    </message>
    <message>
        <source> min</source>
        <translation> min</translation>
    </message>
    <message>
        <source>Minutes</source>
        <translation>Minuten</translation>
    </message>
    <message>
        <source>The training takes no longer; it ends early where nothing gets better</source>
        <translation>Länger dauert das Training nicht; es endet früher, wenn nichts besser wird</translation>
    </message>
    <message>
        <source> steps</source>
        <translation> Schritte</translation>
    </message>
    <message>
        <source>no limit</source>
        <translation>keine Grenze</translation>
    </message>
    <message>
        <source>Steps</source>
        <translation>Schritte</translation>
    </message>
    <message>
        <source>The training takes no more steps; 0 is no limit</source>
        <translation>Mehr Schritte macht das Training nicht; 0 ist keine Grenze</translation>
    </message>
    <message>
        <source>Device</source>
        <translation>Gerät</translation>
    </message>
    <message>
        <source>What computes the training; preview and exports share it</source>
        <translation>Was das Training rechnet; Vorschau und Exporte teilen es sich</translation>
    </message>
    <message>
        <source>Begin anew instead of going on where the last training of this avatar was stopped</source>
        <translation>Von vorn beginnen, statt dort weiterzumachen, wo das letzte Training dieses Avatars abgebrochen wurde</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <translation>%1: %2</translation>
    </message>
    <message>
        <source>cpu: the processor</source>
        <translation>cpu: der Prozessor</translation>
    </message>
    <message>
        <source>Make a Copy…</source>
        <translation>Kopie anlegen …</translation>
    </message>
    <message>
        <source>The avatar is being copied…</source>
        <translation>Der Avatar wird kopiert …</translation>
    </message>
    <message>
        <source>This avatar comes with the studio and stays as it is, and training would change it: make a copy, and train that.</source>
        <translation>Dieser Avatar gehört zum Studio und bleibt, wie er ist; Training würde ihn ändern: Legen Sie eine Kopie an und trainieren Sie diese.</translation>
    </message>
    <message>
        <source>Make a copy of the avatar</source>
        <translation>Eine Kopie des Avatars anlegen</translation>
    </message>
    <message>
        <source>Copy the avatar that comes with the studio to a folder of your own, and train the copy</source>
        <translation>Den Avatar des Studios in einen eigenen Ordner kopieren und die Kopie trainieren</translation>
    </message>
    <message>
        <source>Copy avatar to</source>
        <translation>Avatar kopieren nach</translation>
    </message>
    <message>
        <source>Avatars (*.avatar)</source>
        <translation>Avatare (*.avatar)</translation>
    </message>
</context>
<context>
    <name>lipsync::ui::TransportBar</name>
    <message>
        <source>Time line</source>
        <translation>Zeitleiste</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>Zeit</translation>
    </message>
    <message>
        <source>Time of the frame shown, and length of the video</source>
        <translation>Zeit des gezeigten Bildes und Länge des Videos</translation>
    </message>
    <message>
        <source>Drag to look at any frame; Shift and drag to draw a loop</source>
        <translation>Ziehen zeigt jedes Bild; Umschalt und Ziehen zeichnet eine Schleife</translation>
    </message>
    <message>
        <source>Played over and over from %1 to %2.</source>
        <translation>Immer wieder von %1 bis %2 gespielt.</translation>
    </message>
    <message>
        <source>Frame</source>
        <translation>Bild</translation>
    </message>
    <message>
        <source>Number of the frame shown, counted from 0 as in saved frames and traces</source>
        <translation>Nummer des gezeigten Bildes, von 0 an gezählt wie bei gespeicherten Bildern und Spuren</translation>
    </message>
    <message>
        <source>Frame %1 of %2</source>
        <translation>Bild %1 von %2</translation>
    </message>
</context>
<context>
    <name>lipsync::ui::TuningModel</name>
    <message>
        <source>Stopped; nothing was saved. The workers have their settings of before.</source>
        <translation>Abgebrochen; nichts wurde gesichert. Die Worker haben ihre früheren Einstellungen.</translation>
    </message>
    <message>
        <source>stopping</source>
        <translation>hält an</translation>
    </message>
</context>
<context>
    <name>lipsync::ui::TuningPanel</name>
    <message>
        <source>&amp;Keep a goal</source>
        <translation>Ziel ein&amp;halten</translation>
    </message>
    <message>
        <source>What is measured</source>
        <translation>Was gemessen wird</translation>
    </message>
    <message>
        <source>State of the tuning</source>
        <translation>Stand der Abstimmung</translation>
    </message>
    <message>
        <source>Why the tuning failed</source>
        <translation>Warum die Abstimmung misslang</translation>
    </message>
    <message>
        <source>Why these settings were chosen</source>
        <translation>Warum diese Einstellungen gewählt wurden</translation>
    </message>
    <message>
        <source>About the current cell</source>
        <translation>Über das aktuelle Feld</translation>
    </message>
    <message>
        <source>Whether the current cell is in force</source>
        <translation>Ob das aktuelle Feld gilt</translation>
    </message>
    <message>
        <source>Tuning map</source>
        <translation>Abstimmungskarte</translation>
    </message>
    <message>
        <source>Progress of the measurement</source>
        <translation>Fortschritt der Messung</translation>
    </message>
    <message>
        <source>How much of the time for the measurement is over</source>
        <translation>Wie viel der Messzeit vorbei ist</translation>
    </message>
    <message>
        <source>Keep a goal</source>
        <translation>Ziel einhalten</translation>
    </message>
    <message>
        <source>Whether only settings count whose p99 keeps the goal; otherwise the most frames a second win, however late they are</source>
        <translation>Ob nur Einstellungen zählen, deren p99 das Ziel hält; sonst gewinnen die meisten Bilder je Sekunde, so spät sie auch sind</translation>
    </message>
    <message>
        <source> ms</source>
        <translation> ms</translation>
    </message>
    <message>
        <source> s</source>
        <translation> s</translation>
    </message>
    <message>
        <source>&amp;Goal for p99</source>
        <translation>Zi&amp;el für p99</translation>
    </message>
    <message>
        <source>Goal for the p99</source>
        <translation>Ziel für p99</translation>
    </message>
    <message>
        <source>99 of 100 frames are there after so long, 1 to 10000 ms; the preview feels immediate below 40</source>
        <translation>99 von 100 Bildern sind nach so langer Zeit da, 1 bis 10000 ms; unter 40 fühlt sich die Vorschau unmittelbar an</translation>
    </message>
    <message>
        <source>Search f&amp;or</source>
        <translation>S&amp;uchen für</translation>
    </message>
    <message>
        <source>Length of the search</source>
        <translation>Dauer der Suche</translation>
    </message>
    <message>
        <source>The search takes no longer, 5 to 60 s: more time makes its figures surer</source>
        <translation>Länger dauert die Suche nicht, 5 bis 60 s: mehr Zeit macht ihre Werte sicherer</translation>
    </message>
    <message>
        <source>Measuring: %1</source>
        <translation>Misst: %1</translation>
    </message>
    <message>
        <source>Open an avatar first: its network is measured.</source>
        <translation>Öffnen Sie zuerst einen Avatar: Gemessen wird sein Netz.</translation>
    </message>
    <message>
        <source>The settings were not applied: %1</source>
        <translation>Die Einstellungen wurden nicht angewandt: %1</translation>
    </message>
    <message>
        <source>Applying: the new workers start while the old ones go on…</source>
        <translation>Wird angewandt: Die neuen Worker starten, während die alten weiterrechnen…</translation>
    </message>
    <message>
        <source>These settings are in force.</source>
        <translation>Diese Einstellungen gelten.</translation>
    </message>
</context>
<context>
    <name>lipsync::ui::VideoPart</name>
    <message>
        <source> s</source>
        <translation> s</translation>
    </message>
    <message>
        <source>Begin at</source>
        <translation>Beginn bei</translation>
    </message>
    <message>
        <source>Where in the video to begin, in seconds</source>
        <translation>Wo im Video begonnen wird, in Sekunden</translation>
    </message>
    <message>
        <source>Take</source>
        <translation>Dauer</translation>
    </message>
    <message>
        <source>How much of the video to take, in seconds; 0 takes all to its end</source>
        <translation>Wie viel vom Video genommen wird, in Sekunden; 0 nimmt alles bis zum Ende</translation>
    </message>
    <message>
        <source>all to the end</source>
        <translation>alles bis zum Ende</translation>
    </message>
    <message>
        <source>&amp;Begin at</source>
        <translation>&amp;Beginn bei</translation>
    </message>
    <message>
        <source>Ta&amp;ke</source>
        <translation>&amp;Dauer</translation>
    </message>
    <message>
        <source>&amp;Face</source>
        <translation>&amp;Gesicht</translation>
    </message>
    <message>
        <source>The first frame of the video is shown here.</source>
        <translation>Hier wird das erste Bild des Videos gezeigt.</translation>
    </message>
</context>
<context>
    <name>lipsync::ui::WelcomeDialog</name>
    <message>
        <source>Welcome to LipSync Studio</source>
        <translation>Willkommen in LipSync Studio</translation>
    </message>
    <message>
        <source>A voice makes an avatar speak. A demo of both is on the desk; drop your own files anywhere on the window at any time.</source>
        <translation>Eine Stimme lässt einen Avatar sprechen. Von beidem liegt eine Vorführung auf dem Pult; legen Sie jederzeit eigene Dateien irgendwo auf dem Fenster ab.</translation>
    </message>
</context>
<context>
    <name>lipsync::ui::WorkerList</name>
    <message>
        <source>Workers that are lost</source>
        <translation>Verlorene Worker</translation>
    </message>
    <message>
        <source>About the chosen worker</source>
        <translation>Über den gewählten Worker</translation>
    </message>
    <message>
        <source>Workers</source>
        <translation>Worker</translation>
    </message>
    <message>
        <source>What every worker does, and when it was last heard of; a lost one is red and says why</source>
        <translation>Was jeder Worker tut und wann er sich zuletzt meldete; ein verlorener ist rot und sagt, warum</translation>
    </message>
    <message>
        <source>Worker %1 – %2.</source>
        <translation>Worker %1 – %2.</translation>
    </message>
    <message>
        <source>Worker %1 – %2: %3</source>
        <translation>Worker %1 – %2: %3</translation>
    </message>
    <message>
        <source>Worker %1 works again after this failure: %2</source>
        <translation>Worker %1 arbeitet wieder nach diesem Fehler: %2</translation>
    </message>
</context>
<context>
    <name>lipsync::ui::WorkerModel</name>
    <message>
        <source>Elsewhere</source>
        <translation>Anderswo</translation>
    </message>
    <message>
        <source>This one</source>
        <translation>Dieser</translation>
    </message>
    <message>
        <source>Last failure: %1</source>
        <translation>Letzter Fehler: %1</translation>
    </message>
    <message>
        <source>Worker</source>
        <translation>Worker</translation>
    </message>
    <message>
        <source>State</source>
        <translation>Zustand</translation>
    </message>
    <message>
        <source>Heartbeat</source>
        <translation>Lebenszeichen</translation>
    </message>
    <message>
        <source>In use</source>
        <translation>Ausgelastet</translation>
    </message>
    <message>
        <source>Frames</source>
        <translation>Bilder</translation>
    </message>
    <message>
        <source>Restarts</source>
        <translation>Neustarts</translation>
    </message>
    <message>
        <source>Process</source>
        <translation>Prozess</translation>
    </message>
    <message>
        <source>%1 on %2</source>
        <translation>%1 auf %2</translation>
    </message>
    <message>
        <source>%1 s ago</source>
        <translation>vor %1 s</translation>
    </message>
    <message>
        <source>%1 %</source>
        <translation>%1 %</translation>
    </message>
</context>
</TS>
