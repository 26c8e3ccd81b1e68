using SslAgent.Domain;
using SslAgent.Learning.Objectives;
using SslAgent.Learning.Options;
using SslAgent.Learning.Planning;

namespace SslAgent.Learning.Tests.Support;

/// <summary>Plans and samples for tests: small, deterministic, with something to learn in them.</summary>
internal static class Some
{
    public const ulong Seed = 20;

    private static readonly (string Name, byte[] Rgb)[] Colours =
        [("red", [220, 20, 20]), ("green", [20, 200, 40]), ("blue", [30, 30, 230]), ("sand", [230, 200, 120]), ("black", [10, 10, 10]), ("white", [250, 250, 250])];

    /// <summary>A network of a few thousand weights.</summary>
    public static ModelOptions SmallModel { get; } = new()
    {
        Preset = "nano", ImageSize = 16, PatchSize = 4, VocabularySize = 300, TextTokens = 16, FrameLayers = 2, FrameWidth = 32, FrameHeads = 2,
        DecoderLayers = 1, DecoderWidth = 16, DecoderHeads = 2, TextLayers = 2, TextWidth = 32, TextHeads = 2, JointWidth = 16,
    };

    public static LearningOptions SmallLearning { get; } = new()
    {
        BatchSize = 8, WarmupSteps = 4, Dtype = "fp32", Device = "cpu", Threads = 1, FlagInterval = 4, ProbeSentinelsMax = 24,
    };

    public static LearnerPlan Plan(LearningOptions? learning = null, ModelOptions? model = null) =>
        Planner.Resolve(model ?? SmallModel, learning ?? SmallLearning, Seed, earlier: null, new FixedMachine());

    /// <param name="own">Objectives beside the library's, or in place of those of the same name.</param>
    public static Learner Learner(LearnerPlan plan, params IReadOnlyList<ObjectiveDefinition> own) => new(
        plan, [.. ObjectiveRegistry.Of(plan).Where(other => own.All(one => one.Name != other.Name)), .. own], _ => new ByteTokenizer(), TimeProvider.System);

    /// <summary>A picture of a disc on a ground: place, size and colours follow from its number.</summary>
    public static Frame Frame(int number, int side = 16)
    {
        var chance = new Philox(new DrawKey(Seed, 0, number, ChanceStream.Test));
        double x = side * chance.NextDouble(), y = side * chance.NextDouble(), radius = side * (0.2 + 0.25 * chance.NextDouble());
        (byte[] disc, byte[] ground) = (Colours[Disc(number)].Rgb, Colours[Ground(number)].Rgb);
        var rgb = new byte[side * side * Domain.Frame.Channels];
        for (var pixel = 0; pixel < side * side; pixel++)
        {
            double dx = pixel % side - x, dy = pixel / side - y;
            (dx * dx + dy * dy < radius * radius ? disc : ground).CopyTo(rgb, pixel * Domain.Frame.Channels);
        }

        return new Frame(side, side, rgb);
    }

    /// <summary>What the picture of that number shows.</summary>
    public static Domain.Text Text(int number) =>
        new(System.Text.Encoding.UTF8.GetBytes($"{Colours[Disc(number)].Name} on {Colours[Ground(number)].Name}"));

    private static int Disc(int number) => new Philox(new DrawKey(Seed, 1, number, ChanceStream.Test)).NextInt(Colours.Length);

    private static int Ground(int number) => new Philox(new DrawKey(Seed, 2, number, ChanceStream.Test)).NextInt(Colours.Length);

    public static Batch Batch(Modality modality, int first, int count, int side = 16)
    {
        int[] numbers = [.. Enumerable.Range(first, count)];
        return new Batch(
            modality,
            [.. numbers.Select(number => new SampleId(number))],
            modality == Modality.Text ? [] : [.. numbers.Select(number => Frame(number, side))],
            modality == Modality.Frame ? [] : [.. numbers.Select(Text)]);
    }

    private sealed class FixedMachine : IMachine
    {
        public int Processors => 2;

        public string BestDevice() => "cpu";

        public ComputeDtype FasterDtype(string device) => ComputeDtype.Fp32;
    }
}
