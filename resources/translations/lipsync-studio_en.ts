<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en_US">
<context>
    <name>lipsync::ui::CapacityModel</name>
    <message numerus="yes">
        <source>Yes: %n viewer(s) are served in time; up to %1 would be.</source>
        <translation>
            <numerusform>Yes: %n viewer is served in time; up to %1 would be.</numerusform>
            <numerusform>Yes: %n viewers are served in time; up to %1 would be.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>No: %n viewer(s) are too many; up to %1 are served in time.</source>
        <translation>
            <numerusform>No: %n viewer is too many; up to %1 are served in time.</numerusform>
            <numerusform>No: %n viewers are too many; up to %1 are served in time.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>lipsync::ui::ServerModel</name>
    <message numerus="yes">
        <source>Stopping: %n call(s) under way.</source>
        <translation>
            <numerusform>Stopping: %n call under way.</numerusform>
            <numerusform>Stopping: %n calls under way.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>server on %1, %n call(s)</source>
        <translation>
            <numerusform>server on %1, %n call</numerusform>
            <numerusform>server on %1, %n calls</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>server stops, %n call(s)</source>
        <translation>
            <numerusform>server stops, %n call</numerusform>
            <numerusform>server stops, %n calls</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>lipsync::ui::StatusStrip</name>
    <message numerus="yes">
        <source>%n worker(s)</source>
        <translation>
            <numerusform>%n worker</numerusform>
            <numerusform>%n workers</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n worker(s) (%1 down)</source>
        <translation>
            <numerusform>%n worker (%1 down)</numerusform>
            <numerusform>%n workers (%1 down)</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>lipsync::ui::TracePanel</name>
    <message numerus="yes">
        <source>%n late</source>
        <translation>
            <numerusform>%n late</numerusform>
            <numerusform>%n late</numerusform>
        </translation>
    </message>
</context>
</TS>
