using SslAgent.Continual.Streams;
using SslAgent.Domain;
using SslAgent.Learning;
using SslAgent.Learning.Options;

namespace SslAgent.Objectives;

/// <summary>Where all data lies.</summary>
/// <param name="Pictures">A CIFAR or MNIST folder.</param>
/// <param name="Folders">All else.</param>
internal sealed record DataPlace(string Pictures, DataFolders Folders);

/// <summary>What objectives of one kind are compared on: data, a question about it, and a network.</summary>
/// <param name="Says">What it is, for a person.</param>
/// <param name="Usual">An objective of this kind: its untrained network is what all are held against.</param>
/// <param name="Folder">What has to be there.</param>
internal sealed record Ground(
    string Name, string Says, string Usual, ModelOptions Model, Func<ObjectiveFacts, bool> Holds, Func<DataPlace, string> Folder, Func<DataPlace, Budget, Material> Load)
{
    /// <summary>The least between two frames of a window.</summary>
    public TimeSpan Spacing { get; init; }

    /// <summary>The most between them.</summary>
    public TimeSpan GapMax { get; init; }

    /// <summary>CIFAR's own side in pixels.</summary>
    public const int CifarSide = 32;

    /// <summary>Objectives on single frames; the only ground with a supervised row and a peer.</summary>
    public static Ground Pictures { get; } = new(
        "pictures", "pictures of CIFAR-10 or another set: what is it", "mae", new ModelOptions { Preset = "nano", ImageSize = CifarSide, PatchSize = 4 },
        objective => objective is { Reads: Modality.Frame, WindowFrames: 1 }, place => place.Pictures, (place, budget) => SslAgent.Objectives.Pictures.Load(place.Pictures, CifarSide, budget));

    public static IReadOnlyList<Ground> All { get; } =
    [
        Pictures,
        new("logs", "loghub's lines of twelve systems: by which template was a line written", "mlm", new ModelOptions { Preset = "nano" },
            objective => objective.Reads == Modality.Text, place => place.Folders.Set("loghub"), (place, budget) => Material.OfLogs(LogLines.LogHub(place.Folders).Thinned(budget.TrainMax))),
        new("emoji", "emoji with their names: which group, by the picture alone; and which name belongs to which picture", "clip", new ModelOptions { Preset = "nano" },
            objective => objective.Reads == Modality.Pair, place => place.Folders.Emoji, (place, budget) => Material.OfPairs(EmojiPictures.Pairs(place.Folders).Thinned(budget.TrainMax))),
        new("film", "a street, ten frames a second, ten of each fifteen seconds to learn from: how far to the right something moves, in quarters", "tcn", new ModelOptions { Preset = "nano" },
            objective => objective.WindowFrames > 1, place => place.Folders.Set("video_vtest"), (place, budget) => Film.Load(place.Folders, budget))
        {
            Spacing = TimeSpan.FromSeconds(0.3), // In a tenth of a second hardly anything moves.
            GapMax = TimeSpan.FromSeconds(1), // No window goes over what is left out.
        },
    ];
}
