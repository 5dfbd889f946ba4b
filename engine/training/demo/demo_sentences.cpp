// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/demo/demo_sentences.h"

#include <array>

namespace lipsync::training {

namespace {

constexpr std::array<std::string_view, 153> kTrainingSentences{
    "Good morning, and welcome to the studio.",
    "My name is Robin, and today I will show you around.",
    "Papa brought a big brown box of apples up the mountain.",
    "Please pass me the blue paper cup beside the lamp.",
    "We walked along the river while the wind blew softly.",
    "Who put the new shoes under the old wooden chair?",
    "She sells fresh fish and chips near the harbour.",
    "Five fat frogs found a very fine leaf to float on.",
    "The judge chose a huge orange jacket for the journey.",
    "Why would you wait when we could go now?",
    "Thank you both for thinking about the other three.",
    "A quick question: could you count to twenty-four?",
    "The moon rose slowly over a smooth, blue pool.",
    "My mother makes marvellous marmalade in May.",
    "Bob bought a bright yellow bicycle for his baby brother.",
    "You should choose whichever picture you like best.",
    "No.",
    "Yes, of course!",
    "Well, maybe not today.",
    "Open the window, would you?",
    "How are you feeling this afternoon?",
    "I am feeling wonderful, thanks for asking.",
    "The weather is warm, but we expect some rain by evening.",
    "Eleven elephants entered every empty elevator.",
    "Ask Anna to add an apple and an almond to the salad.",
    "He hurried home to help his hungry horse.",
    "Our hour of power was over at our tower.",
    "The boy enjoyed the noise of his new toy.",
    "Clear cheerful children cheered for a year near here.",
    "Where there is hair, there is a chair to repair.",
    "Four more doors were torn before the storm.",
    "A large car parked far from the dark garden.",
    "The early bird heard the first word of the nurse.",
    "Look, the good cook took a book from the hook.",
    "Sit still, little sister, this will be finished in a minute.",
    "Put the pepper on the potato, not on the plum pie.",
    "Mike and Mary make music on Monday mornings.",
    "Baby bubbles bounce above the bath.",
    "We value every voice that gives us a vivid vision.",
    "This thin thread is thicker than that one.",
    "Zebras graze lazily in the hazy zoo.",
    "Usually we measure the treasure with pleasure.",
    "Yellow yachts yield to your young uncle.",
    "Long songs bring strong young kings along.",
    "Could the wood that you would carry be put away?",
    "One, two, three, four, five, six, seven, eight, nine, ten.",
    "January, February, March, April, May, and June.",
    "On Wednesday we meet at half past three.",
    "The password is seven, zero, one, bravo, echo.",
    "Press the button, then wait for the beep.",
    "I hope to open an old oak boat on the open ocean.",
    "All the tall walls will fall in autumn.",
    "Mister Moore poured more water for the workers.",
    "What a beautiful idea, I love it!",
    "Oh no, the soup is already cold.",
    "Wow, you really moved that whole wall by yourself?",
    "Let us begin with a simple example.",
    "The first step is to choose a face and a voice.",
    "After that, the picture speaks whatever you say.",
    "Every frame is drawn in a fraction of a second.",
    "Listen carefully and watch how the lips meet.",
    "When I say bump, pump, or mumble, my lips must touch.",
    "Peter piled plums up by the pump.",
    "Summer comes, and humming bees swarm round the mint.",
    "Seven silver spoons slipped silently into the sink.",
    "The teacher teaches each child to reach for the peach.",
    "Jim and Jane just jumped over a large hedge.",
    "Shall she wash the dishes, or should I?",
    "The thrush flew through the frosty thicket.",
    "A farmer with a fork followed a fluffy fox.",
    "Vera gave five gloves to her brave driver.",
    "Wet weather went away with the western wind.",
    "We were away a year ago, were you?",
    "Red roses are rarely really round.",
    "Large lilies lie lazily along the lake.",
    "Nine nice nurses need new notebooks now.",
    "Ten tired tigers tiptoed toward the tent.",
    "Do donkeys dream during dull days?",
    "Keep calm and carry the cake to the kitchen.",
    "Great big goats go grazing in green gardens.",
    "Uncle Hugh knew a few new tunes in June.",
    "Food for the school is cooled in the blue room.",
    "He sees three green trees between the fields.",
    "A cat sat back and had a nap on the black mat.",
    "Hot coffee often drops on top of the long sofa.",
    "Under the bus the lucky duck dug up some mud.",
    "Bread, butter, eggs, and lemon for breakfast.",
    "Go slowly, because the road below is closed.",
    "I might try to fly a kite in a bright white sky.",
    "Now count the brown cows around our house.",
    "They may take the train to Spain on a rainy day.",
    "Enjoy the oysters, but avoid the boiling oil.",
    "Is it really the end of the film, or is there another part?",
    "Somebody must have left the umbrella at the museum.",
    "The price went up from forty to fifty-two pounds.",
    "Maps, lamps, stamps, and ropes are in the shop.",
    "People from many places come here to learn.",
    "Our company built this bridge from wood and rope.",
    "In the middle of the night, a wolf howled at the moon.",
    "The kettle whistles while the toast turns brown.",
    "Move your mouth a bit more when you mumble.",
    "Perhaps we can find a better way to explain it.",
    "I wonder whether our visitors would prefer tea or juice.",
    "Turn left at the bakery and follow the narrow path.",
    "Fresh bread, warm from the oven, smells of home.",
    "Computers compute, painters paint, and singers sing.",
    "A good story has a beginning, a middle, and an end.",
    "Do you remember the smell of the rain on dry ground?",
    "Children laughed as the puppet bowed to them.",
    "The violin and the cello played a very slow waltz.",
    "Please speak up, I can barely hear you from here.",
    "It was a small village, but everybody loved it.",
    "Maybe tomorrow we will reach the top of that hill.",
    "Paper boats float better than you might believe.",
    "My favourite colours are purple, amber, and olive.",
    "Beyond the fog, a lighthouse blinked twice.",
    "Remember to save your work before you leave.",
    "Thirty-three thousand feathers fell on their path.",
    "Choose a cheese, chop some chives, and chill the dish.",
    "I owe you an answer, and here it is.",
    "The engine hummed, and the whole room began to move.",
    "We do not know how far the storm will move.",
    "Honey bees hover over the heather all summer.",
    "Give me a moment, I am almost ready.",
    "Hello there, nice to meet you!",
    "Bye for now, see you soon.",
    "Up above, a plump pigeon puffed up its plumage.",
    "Bring me both of the broken wheels, please.",
    "Few views are as pure as this one.",
    "The queen quietly quit the quiz with a quick quote.",
    "Six thick socks and a fox in a box.",
    "Which witch would watch a wristwatch?",
    "The poor tourist was sure about the tour.",
    "Grandmother knitted a warm woollen scarf.",
    "A huge ship sailed past the shore without a sound.",
    "Would you believe that he ate the whole pie?",
    "That is the best news I have heard all week.",
    "Imagine a city where every roof is a garden.",
    "Water flows over the rocks and falls into the pool.",
    "Everyone wants to know how it works.",
    "First we record a voice, and then the face follows.",
    "Smile, breathe in, and say it once more.",
    "Above all, be patient with beginners.",
    "The market opens at eight and closes before noon.",
    "Tom put a bottle of apple juice on top of the map.",
    "How many people fit in a room of this shape?",
    "I prefer a pear, but a plum will also do.",
    "The captain gave the map to Ben and left.",
    "Stop!",
    "Ooh, how lovely.",
    "Ah, now I see what you mean.",
    "Hmm, let me think about it.",
    "My phone number ends in two, nine, oh, six.",
};

constexpr std::array<std::string_view, 12> kHeldOutSentences{
    "Thanks for watching, and have a pleasant evening.",
    "Brave pilots move above the purple clouds before dawn.",
    "Could somebody fetch my blue woollen jumper from the car?",
    "Fish swim freely where the shallow water meets the sand.",
    "I thought about your offer, but the answer is still no.",
    "Bees make honey, spiders make webs, and people make plans.",
    "Watch out, the floor over there is wet!",
    "The old clock above the fireplace shows five past four.",
    "Who owns the yellow boat that arrived on Sunday?",
    "A warm meal and a good book are all I want tonight.",
    "My uncle repairs pianos, pumps, and very small motors.",
    "Let me show you how the picture moves with my voice.",
};

constexpr std::array<std::string_view, 24> kTrainingVoices{
    "en-us+m1",      "en-us+m2",     "en-us+m3",   "en-us+m4",    "en-us+m5",      "en-us+m6",
    "en-us+m7",      "en-us+m8",     "en-us+f1",   "en-us+f2",    "en-us+f3",      "en-us+f4",
    "en-us+klatt2",  "en-us+klatt4", "en-us+adam", "en-us+steph", "en-gb-x-rp",    "en-gb-x-rp+f2",
    "en-gb-x-rp+m4", "en-029+m3",    "en-029+f1",  "en-us",       "en-us+Michael", "en-us+belinda",
};

constexpr std::array<std::string_view, 4> kHeldOutVoices{
    "en-us+f5",
    "en-gb-scotland+m8",
    "en-us+linda",
    "en-gb-x-rp+Andy",
};

} // namespace

std::span<const std::string_view> trainingSentences()
{
    return kTrainingSentences;
}

std::span<const std::string_view> heldOutSentences()
{
    return kHeldOutSentences;
}

std::span<const std::string_view> trainingVoices()
{
    return kTrainingVoices;
}

std::span<const std::string_view> heldOutVoices()
{
    return kHeldOutVoices;
}

} // namespace lipsync::training
