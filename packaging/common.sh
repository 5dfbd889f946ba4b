# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
# Sourced by setup, run and test: where things are, and which LibTorch a build uses.

project_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cuda_torch_dir=$project_dir/build/torch-cuda
# Without this ccache passes by every file that uses the precompiled header of LibTorch.
export CCACHE_SLOPPINESS=${CCACHE_SLOPPINESS:-pch_defines,time_macros}
# The compiler says what a file was made of; ccache need not run the preprocessor first.
export CCACHE_DEPEND=${CCACHE_DEPEND:-1}

say() { if [ -t 2 ]; then printf '\033[1m▸ %s\033[0m\n' "$*" >&2; else printf '▸ %s\n' "$*" >&2; fi; }
die() { printf 'error: %s\n' "$*" >&2; exit "${exit_status:-4}"; }

# Turns what stands after --torch into "debian", "cuda" or an absolute folder.
# Without an answer: what the build folder of the preset was configured with, otherwise what suits the machine.
choose_torch() { # preset, wish
    local wish=$2
    if [ -z "$wish" ]; then wish=$(cached "$1" LIPSYNC_TORCH); fi
    if [ -z "$wish" ]; then
        if [ -e /proc/driver/nvidia/version ] || nvidia-smi -L >/dev/null 2>&1; then wish=cuda; else wish=debian; fi
    fi
    case $wish in
        debian | cuda) ;;
        *)
            [ -d "$wish" ] || exit_status=2 die "--torch $wish: not 'debian', 'cuda' or a folder that exists."
            wish=$(cd "$wish" && pwd)
            [ -f "$wish/share/cmake/Torch/TorchConfig.cmake" ] || exit_status=2 die \
                "--torch $wish: no share/cmake/Torch/TorchConfig.cmake in it; give the folder that an unpacked LibTorch or an installed 'torch' package has it in."
            ;;
    esac
    printf '%s\n' "$wish"
}

# CMake arguments that make find_package(Torch) find the chosen one.
torch_arguments() { # choice
    local root=$1 toolkit
    printf '%s\n' "-DLIPSYNC_TORCH=$1"
    case $1 in
        debian) return ;;
        cuda)
            root=$(echo "$cuda_torch_dir"/lib/python3*/site-packages/torch)
            toolkit=$(cuda_toolkit)
            printf '%s\n' "-DCUDAToolkit_ROOT=$toolkit" "-DCMAKE_CUDA_COMPILER=$toolkit/bin/nvcc"
            ;;
    esac
    # The second folder keeps CMake from taking libraries of a Debian LibTorch beside it.
    printf '%s\n' "-DCMAKE_PREFIX_PATH=$root/share/cmake;$root"
}

# The CUDA toolkit that the CMake files of a CUDA LibTorch look for: the machine's own 13.x, or the private one.
cuda_toolkit() {
    local nvcc
    for nvcc in "$(command -v nvcc || true)" /usr/local/cuda/bin/nvcc; do
        if [ -x "$nvcc" ] && "$nvcc" --version | grep -q 'release 13\.'; then
            dirname "$(dirname "$(readlink -f "$nvcc")")"
            return
        fi
    done
    echo "$cuda_torch_dir"/lib/python3*/site-packages/nvidia/cu13
}

# The value of an option, or a sentence about its absence.
option_value() { # option, number of arguments left, value
    [ "$2" -ge 2 ] || exit_status=2 die "$1 needs a value; --help shows the usage."
    printf '%s\n' "$3"
}

cached() { # preset, entry: the value in the build folder's cache
    sed -n "s/^$2:[A-Z]*=//p" "$project_dir/build/$1/CMakeCache.txt" 2>/dev/null || true
}

# Configures build/PRESET where that is needed and builds the targets (all when none is named).
# Ninja configures again by itself when a CMake file changes; presets it does not watch.
build_project() { # preset, torch choice, warnings as errors (ON, or empty for as it was), targets…
    local preset=$1 choice=$2 strict=$3 folder=$project_dir/build/$1 log=$project_dir/build/$1-configure.log arguments=()
    shift 3
    if [ ! -f "$folder/build.ninja" ] || [ "$(cached "$preset" LIPSYNC_TORCH)" != "$choice" ] ||
        [ "$project_dir/CMakePresets.json" -nt "$folder/build.ninja" ] ||
        { [ -n "$strict" ] && [ "$(cached "$preset" LIPSYNC_WARNINGS_AS_ERRORS)" != "$strict" ]; }; then
        mapfile -t arguments < <(torch_arguments "$choice")
        if [ -n "$strict" ]; then arguments+=("-DLIPSYNC_WARNINGS_AS_ERRORS=$strict"); fi
        # What another LibTorch was found as would stay in the cache.
        if [ "$(cached "$preset" LIPSYNC_TORCH)" != "$choice" ]; then arguments+=(--fresh); fi
        say "Configuring build/$preset with LibTorch '$choice'"
        mkdir -p "$project_dir/build"
        (cd "$project_dir" && cmake --preset "$preset" "${arguments[@]}" >"$log" 2>&1) || {
            cat "$log" >&2
            die "CMake could not configure build/$preset; its words are above."
        }
    fi
    say "Building build/$preset"
    cmake --build "$folder" ${1:+--target "$@"} || die "The build of build/$preset failed; the first error above says where."
}
