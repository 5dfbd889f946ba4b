#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files of packaging/fleet and packaging/container against what they are for: HAProxy and nginx check theirs, the
others are parsed, and every number that the dashboard and the autoscaler ask for is on a real server's page.

usage: fleet_files_test.py LIPSYNC SOURCE_DIR      exit status 77: something that they need is not here
"""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request

NAME = re.compile(r"\b(?:lipsync|nv)_[a-z_]+\b")
LABEL = re.compile(r"([a-z]+)=\"([^\"$]+)\"")
skipped = []


def check(condition, what):
    if not condition:
        raise AssertionError(what)
    print("ok:", what)


def program(name):
    found = shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    if not found:
        skipped.append(name)
    return found


def check_balancers(folder):
    if haproxy := program("haproxy"):
        run = subprocess.run([haproxy, "-c", "-f", folder + "/haproxy.cfg"], stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT, text=True)
        check(run.returncode == 0 and "warning" not in run.stdout.lower(), "HAProxy takes its file: " + run.stdout)
    if nginx := program("nginx"):
        with tempfile.TemporaryDirectory() as place:
            whole = place + "/nginx.conf"
            with open(whole, "w", encoding="utf-8") as out:
                out.write(f"pid {place}/pid; events {{}} http {{ include {folder}/nginx.conf; }}")
            run = subprocess.run([nginx, "-t", "-p", place, "-e", "stderr", "-c", whole], stdout=subprocess.PIPE,
                                 stderr=subprocess.STDOUT, text=True)
            check(run.returncode == 0 and "[warn]" not in run.stdout, "nginx takes its file: " + run.stdout)


def numbers_asked_for(folder):
    """Expressions by where they stand."""
    with open(folder + "/grafana-dashboard.json", encoding="utf-8") as file:
        dashboard = json.load(file)
    asked = {panel["title"]: [target["expr"] for target in panel["targets"]] for panel in dashboard["panels"]}
    check(len(asked) >= 10, f"the dashboard has {len(asked)} panels")
    asked["choice of servers"] = [dashboard["templating"]["list"][1]["query"]]
    try:
        import yaml
    except ImportError:
        skipped.append("yaml of Python")
        return asked

    def parts(name):
        with open(f"{folder}/{name}.yaml", encoding="utf-8") as file:
            return list(yaml.safe_load_all(file))

    kinds = {part["kind"]: part for part in parts("kubernetes")}
    check(set(kinds) == {"Deployment", "Service", "PodDisruptionBudget", "HorizontalPodAutoscaler"},
          "Kubernetes gets a deployment, a service, a disruption budget and an autoscaler")
    rule = parts("prometheus-adapter")[0]["rules"]["custom"][0]
    wanted = kinds["HorizontalPodAutoscaler"]["spec"]["metrics"][0]["pods"]["metric"]["name"]
    check(rule["name"]["as"] == wanted, f"the autoscaler's {wanted} is what the adapter makes")
    asked["autoscaler"] = [rule["seriesQuery"].split("{")[0], rule["metricsQuery"]]
    pod = kinds["Deployment"]["spec"]["template"]["spec"]
    arguments = pod["containers"][0]["args"]
    option = lambda name: float(arguments[arguments.index(name) + 1])
    check(option("--lame-duck-ms") / 1000 + option("--drain-seconds") < pod["terminationGracePeriodSeconds"],
          "a pod has the time to drain")
    check(parts("envoy")[0]["static_resources"]["clusters"][0]["lb_policy"] == "LEAST_REQUEST", "Envoy's file is YAML")
    return asked


def main():
    lipsync, source = sys.argv[1:3]
    folder = source + "/packaging/fleet"
    check_balancers(folder)
    asked = numbers_asked_for(folder)
    server = subprocess.Popen([lipsync, "serve", "--listen", "127.0.0.1:0", "--library", source + "/resources/avatars",
                               "--metrics", "127.0.0.1:0", "--workers", "1", "--load", "none"],
                              stdout=subprocess.PIPE, text=True)
    try:
        port = re.search(r"http://127\.0\.0\.1:(\d+)/metrics", server.stdout.readline()).group(1)
        page = urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10).read().decode()
        names = set(re.findall(r"^# TYPE (\S+)", page, re.MULTILINE))
        for place, expressions in asked.items():
            for expression in expressions:
                unknown = set(NAME.findall(expression)) - names
                check(not unknown, f"{place}: the page has {expression} {unknown or ''}")
                for label, value in LABEL.findall(expression):
                    check(f'{label}="{value}"' in page, f'and {label}="{value}"')
        health = source + "/packaging/container/healthcheck"
        while subprocess.run([health, port]).returncode != 0:
            check(server.poll() is None, "the server starts")
        check(urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=10).read() == b"ready\n",
              "/health says that it is ready, and so does the container's health check")
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/elsewhere", timeout=10)
            raise AssertionError("a page that is not there was answered")
        except urllib.error.HTTPError as error:
            check(error.code == 404, "other pages are not there")
    finally:
        server.terminate()
        server.wait(timeout=60)
    check(subprocess.run([health, port], stderr=subprocess.DEVNULL).returncode != 0, "a server that is gone is unhealthy")
    if skipped:
        print("SKIPPED in part: these are not here:", ", ".join(skipped))
        sys.exit(77)


main()
