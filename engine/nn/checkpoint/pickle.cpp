// SPDX-License-Identifier: GPL-3.0-or-later
// A restricted unpickler: the stack machine of Python's pickle module (its pickletools.py documents the opcodes), which
// builds a description of the object and never the object.
#include "nn/checkpoint/pickle_opcodes.h"
#include "nn/checkpoint/pickle_stack.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace lipsync::nn {

namespace {

constexpr unsigned char kOldestProtocol = 2, kNewestProtocol = 5;
constexpr std::size_t kMaxGlobalLine = 512;
constexpr std::string_view kTextOpcodes = "FILSVPgpio";

/// Modules of which no weights file needs anything, and built-in functions that run code.
constexpr std::string_view kHarmfulModules[] = {"os", "posix", "nt", "sys", "subprocess", "pty", "runpy", "socket"};
constexpr std::string_view kHarmfulBuiltins[] = {"eval", "exec", "execfile", "compile", "__import__", "open"};

bool isHarmful(std::string_view module, std::string_view name)
{
    if (module == "builtins" || module == "__builtin__")
        return std::ranges::find(kHarmfulBuiltins, name) != std::end(kHarmfulBuiltins);
    const auto package = module.substr(0, module.find('.'));
    return std::ranges::find(kHarmfulModules, package) != std::end(kHarmfulModules);
}

} // namespace

std::span<const PickleValue> PickleTree::elements(const PickleValue& value) const
{
    if (value.kind != PickleKind::Tuple && value.kind != PickleKind::List)
        return {};
    return node(value).items;
}

const PickleValue* PickleTree::entry(const PickleValue& dictionary, std::string_view key) const
{
    if (dictionary.kind != PickleKind::Dict)
        return nullptr;
    const auto& items = node(dictionary).items;
    const PickleValue* found = nullptr;
    for (std::size_t i = 0; i + 1 < items.size(); i += 2) {
        if (items[i].kind == PickleKind::Text && items[i].text == key)
            found = &items[i + 1]; // the last one counts, as in Python
    }
    return found;
}

std::string PickleTree::globalName(const PickleValue& value) const
{
    if (value.kind == PickleKind::Call) {
        const auto& callable = node(value).callable;
        return callable.kind == PickleKind::Call ? std::string() : globalName(callable);
    }
    if (value.kind == PickleKind::Persistent) { // a pickled module's class: ("module", class, source file, source)
        const auto identity = elements(node(value).args);
        const bool global = identity.size() > 1 && identity[1].kind == PickleKind::Global;
        return global ? globalName(identity[1]) : std::string();
    }
    if (value.kind != PickleKind::Global)
        return {};
    const auto& items = node(value).items;
    return std::string(items[0].text).append(".").append(items[1].text);
}

namespace {

/// The machine. Each step returns whether it went well.
class PickleMachine : private PickleStack {
public:
    PickleMachine(std::span<const char> bytes, MemoryBudget& memory)
        : PickleStack(memory)
        , m_bytes(bytes)
    {
    }

    tl::expected<PickleTree, PickleProblem> run()
    {
        while (!m_stopped) {
            unsigned char opcode = 0;
            if (!readNumber(opcode) || !step(opcode))
                return tl::unexpected(std::move(problem()));
        }
        return take();
    }

private:
    using Kind = PickleKind;
    using Value = PickleValue;

    // Reading.

    template <typename T> bool readNumber(T& number)
    {
        if (m_bytes.size() - m_at < sizeof number)
            return endsTooSoon();
        std::memcpy(&number, m_bytes.data() + m_at, sizeof number);
        m_at += sizeof number;
        return true;
    }

    bool readBytes(std::uint64_t length, std::string_view& text)
    {
        if (length > m_bytes.size() - m_at)
            return endsTooSoon();
        if (length > kMaxPickleText)
            return fail("it holds a text that is longer than any name");
        text = {m_bytes.data() + m_at, static_cast<std::size_t>(length)};
        m_at += text.size();
        return true;
    }

    bool readLine(std::string_view& line)
    {
        const auto rest = std::string_view(m_bytes.data() + m_at, m_bytes.size() - m_at).substr(0, kMaxGlobalLine);
        const auto end = rest.find('\n');
        if (end == std::string_view::npos)
            return rest.size() < kMaxGlobalLine ? endsTooSoon() : fail("it names a class that is longer than any");
        line = rest.substr(0, end);
        m_at += end + 1;
        return true;
    }

    // Values.

    bool pushInteger(std::int64_t integer, Kind kind = Kind::Int)
    {
        Value value;
        value.kind = kind;
        value.integer = integer;
        return push(value);
    }

    bool pushText(Kind kind, std::uint64_t length)
    {
        Value value;
        value.kind = kind;
        return readBytes(length, value.text) && push(value);
    }

    template <typename Length> bool pushTextOf(Kind kind)
    {
        Length length{};
        return readNumber(length) && pushText(kind, length);
    }

    /// A two's complement integer of that many bytes.
    bool pushLong(std::uint64_t length)
    {
        if (length > sizeof(std::int64_t))
            return pushText(Kind::LargeInt, length);
        std::string_view bytes;
        if (!readBytes(length, bytes))
            return false;
        std::uint64_t integer = !bytes.empty() && (bytes.back() & 0x80) != 0 ? ~std::uint64_t{0} : 0;
        for (auto byte = bytes.rbegin(); byte != bytes.rend(); ++byte)
            integer = integer << 8 | static_cast<unsigned char>(*byte);
        return pushInteger(static_cast<std::int64_t>(integer));
    }

    bool pushReal()
    {
        std::uint64_t bits = 0;
        if (!readNumber(bits))
            return false;
        Value value;
        value.kind = Kind::Float;
        value.real = std::bit_cast<double>(__builtin_bswap64(bits)); // the one big-endian number of the format
        return push(value);
    }

    bool pushGlobal(std::string_view module, std::string_view name)
    {
        if (isHarmful(module, name)) {
            return fail(fmt::format("it asks for {}.{} to be called, which no weights need: it may be malicious. "
                                    "Nothing of it was run; do not open it with Python",
                                    module, name));
        }
        Value texts[2];
        texts[0].kind = texts[1].kind = Kind::Text;
        texts[0].text = module;
        texts[1].text = name;
        return pushNew(Kind::Global, texts);
    }

    bool stackGlobal()
    {
        Value name, module;
        if (!pop(name) || !pop(module))
            return false;
        if (name.kind != Kind::Text || module.kind != Kind::Text || name.text.size() > kMaxGlobalLine ||
            module.text.size() > kMaxGlobalLine)
            return fail("it names a class by something that is no name");
        return pushGlobal(module.text, name.text);
    }

    /// callable(args). The few calls that only wrap their arguments are looked through.
    bool call(const Value& callable, const Value& args)
    {
        const auto name = tree().globalName(callable);
        const auto given = tree().elements(args);
        if (name == "collections.OrderedDict" || name == "builtins.dict" || name == "__builtin__.dict")
            return orderedDict(given.empty() ? Value{} : given[0]);
        if (name == "torch.Size" && given.size() == 1 && given[0].kind == Kind::Tuple)
            return push(Value(given[0]));
        Value value;
        if (!make(Kind::Call, value))
            return false;
        node(value).callable = callable;
        node(value).args = args;
        return push(value);
    }

    /// Python 2 gives the entries as a list of pairs, Python 3 adds them afterwards.
    bool orderedDict(const Value& pairs)
    {
        std::vector<Value> entries;
        for (const auto& pair : tree().elements(pairs)) {
            const auto two = tree().elements(pair);
            if (two.size() != 2)
                return fail("it has a dictionary with a key and no value");
            if (!charge(2 * sizeof(Value)))
                return false;
            entries.insert(entries.end(), two.begin(), two.end());
        }
        return pushNew(Kind::Dict, entries);
    }

    bool reduce()
    {
        Value callable, args;
        return pop(args) && pop(callable) && call(callable, args);
    }

    bool newObjectWithNames()
    {
        Value names;
        return pop(names) && reduce();
    }

    bool build()
    {
        Value state;
        if (!pop(state) || !need(1))
            return false;
        const auto& target = top();
        if (target.kind == Kind::Call)
            node(target).state = state;
        return true; // what an OrderedDict carries beside its entries is of no use
    }

    bool checkProtocol()
    {
        unsigned char protocol = 0;
        if (!readNumber(protocol))
            return false;
        return (protocol >= kOldestProtocol && protocol <= kNewestProtocol) ||
            fail(fmt::format("it uses pickle protocol {}, and only {} to {} are known", protocol, kOldestProtocol,
                             kNewestProtocol));
    }

    bool stop()
    {
        m_stopped = true;
        return hasMarks() ? fail("it stops in the middle of something") : finish(m_at);
    }

    template <typename Index> bool rememberAt()
    {
        Index index{};
        return readNumber(index) && remember(index);
    }

    template <typename Index> bool recallFrom()
    {
        Index index{};
        return readNumber(index) && recall(index);
    }

    template <typename T> bool pushIntegerOf()
    {
        T integer{};
        return readNumber(integer) && pushInteger(integer);
    }

    template <typename Length> bool pushLongOf()
    {
        Length length{};
        return readNumber(length) && pushLong(length);
    }

    bool skipFrame()
    {
        std::uint64_t length = 0;
        return readNumber(length);
    }

    bool globalOfLines()
    {
        std::string_view module, name;
        return readLine(module) && readLine(name) && pushGlobal(module, name);
    }

    bool step(unsigned char opcode)
    {
        switch (opcode) {
        case kProto:
            return checkProtocol();
        case kFrame:
            return skipFrame();
        case kStop:
            return stop();
        case kMark:
            return mark();
        case kPop:
            return popOrUnmark();
        case kPopMark:
            return popToMark();
        case kDup:
            return duplicate();
        case kNone:
            return push({});
        case kNewTrue:
        case kNewFalse:
            return pushInteger(opcode == kNewTrue, Kind::Bool);
        case kBinInt:
            return pushIntegerOf<std::int32_t>();
        case kBinInt1:
            return pushIntegerOf<std::uint8_t>();
        case kBinInt2:
            return pushIntegerOf<std::uint16_t>();
        case kLong1:
            return pushLongOf<std::uint8_t>();
        case kLong4:
            return pushLongOf<std::uint32_t>();
        case kBinFloat:
            return pushReal();
        default:
            return textStep(opcode);
        }
    }

    bool textStep(unsigned char opcode)
    {
        switch (opcode) {
        case kShortBinUnicode:
        case kShortBinString: // Python 2's names are such strings
            return pushTextOf<std::uint8_t>(Kind::Text);
        case kBinUnicode:
        case kBinString:
            return pushTextOf<std::uint32_t>(Kind::Text);
        case kBinUnicode8:
            return pushTextOf<std::uint64_t>(Kind::Text);
        case kShortBinBytes:
            return pushTextOf<std::uint8_t>(Kind::Bytes);
        case kBinBytes:
            return pushTextOf<std::uint32_t>(Kind::Bytes);
        case kBinBytes8:
        case kByteArray8:
            return pushTextOf<std::uint64_t>(Kind::Bytes);
        case kBinPut:
            return rememberAt<std::uint8_t>();
        case kLongBinPut:
            return rememberAt<std::uint32_t>();
        case kMemoize:
            return rememberNext();
        case kBinGet:
            return recallFrom<std::uint8_t>();
        case kLongBinGet:
            return recallFrom<std::uint32_t>();
        default:
            return containerStep(opcode);
        }
    }

    bool containerStep(unsigned char opcode)
    {
        switch (opcode) {
        case kEmptyTuple:
            return pushNew(Kind::Tuple);
        case kTuple1:
        case kTuple2:
        case kTuple3:
            return tupleOf(opcode - kTuple1 + 1u);
        case kTuple:
            return collect(Kind::Tuple);
        case kEmptyList:
        case kEmptySet:
            return pushNew(Kind::List);
        case kList:
        case kFrozenSet:
            return collect(Kind::List);
        case kAppend:
            return extend(1, false);
        case kAppends:
        case kAddItems:
            return extendFromMark(false);
        case kEmptyDict:
            return pushNew(Kind::Dict);
        case kDict:
            return collect(Kind::Dict);
        case kSetItem:
            return extend(2, true);
        case kSetItems:
            return extendFromMark(true);
        default:
            return objectStep(opcode);
        }
    }

    bool objectStep(unsigned char opcode)
    {
        switch (opcode) {
        case kGlobal:
            return globalOfLines();
        case kStackGlobal:
            return stackGlobal();
        case kReduce:
        case kNewObj:
            return reduce();
        case kNewObjEx:
            return newObjectWithNames();
        case kBuild:
            return build();
        case kBinPersId:
            return persistent();
        default:
            break;
        }
        if (kTextOpcodes.find(static_cast<char>(opcode)) != std::string_view::npos)
            return fail("it uses pickle's old text form; save it anew with torch.save()");
        return fail(fmt::format("it holds the byte 0x{:02x} where an instruction should be", opcode));
    }

    const std::span<const char> m_bytes;
    std::size_t m_at = 0;
    bool m_stopped = false;
};

} // namespace

tl::expected<PickleTree, PickleProblem> unpickle(std::span<const char> bytes, MemoryBudget& memory)
{
    return PickleMachine(bytes, memory).run();
}

} // namespace lipsync::nn
