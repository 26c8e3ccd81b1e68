using System.Globalization;
using SslAgent.Configuration;
using SslAgent.Domain;
using SslAgent.Learning;
using SslAgent.Learning.Options;

namespace SslAgent.Pretraining;

/// <summary>One stage of pretraining, as it is run.</summary>
/// <param name="Number">From 1.</param>
internal sealed record Stage(int Number, IReadOnlyList<ObjectiveOptions> Objectives, double Epochs, double LearningRate)
{
    /// <summary>What its cycles are triggered by, in the journal: by it a later life knows what is done.</summary>
    public string Trigger => string.Create(CultureInfo.InvariantCulture, $"pretrain {Number} {Names}");

    /// <summary>For example <c>mae+clip</c>.</summary>
    public string Names => string.Join('+', Objectives.Select(objective => objective.Name));

    /// <summary>Whether any of its objectives learns from texts, alone or beside frames.</summary>
    public bool ReadsText => Objectives.Any(objective => Facts(objective).Reads is Modality.Text or Modality.Pair);

    /// <summary>The stages that the settings ask for.</summary>
    public static IReadOnlyList<Stage> Of(AgentSettings settings)
    {
        StageOptions[] stages = settings.Pretraining.Stages.Length > 0 ? settings.Pretraining.Stages : [new StageOptions()];
        ObjectiveOptions[] usual = settings.Learning.Objectives.Length > 0
            ? settings.Learning.Objectives
            : [.. ObjectiveCatalog.All.Where(objective => objective.IsStandard).Select(objective => new ObjectiveOptions { Name = objective.Name })];
        return
        [
            .. stages.Select((stage, i) => new Stage(
                i + 1, stage.Objectives.Length > 0 ? [.. stage.Objectives.Select(one => WithKnobs(one, usual))] : usual, stage.Epochs, stage.LearningRate ?? settings.Learning.LearningRate)),
        ];
    }

    /// <summary>
    /// Reads what a person types: <c>mae+clip=0.5:20</c> is 20 epochs of mae and, half as often, clip. Throws <see cref="FormatException"/> on anything else.
    /// </summary>
    public static StageOptions Parse(string text)
    {
        int colon = text.LastIndexOf(':');
        string objectives = colon < 0 ? text : text[..colon];
        double epochs = new StageOptions().Epochs;
        if (colon >= 0 && !double.TryParse(text.AsSpan(colon + 1), NumberStyles.Float, CultureInfo.InvariantCulture, out epochs))
            throw new FormatException($"'{text}': behind the colon stands a number of epochs");
        var stage = new StageOptions { Objectives = [.. objectives.Split('+').Select(one => ParseObjective(one, text))], Epochs = epochs };
        if (!(epochs > 0)) throw new FormatException($"'{text}': the epochs must be above 0");
        return stage.Faults().FirstOrDefault() is { } fault ? throw new FormatException($"'{text}': {fault}") : stage;
    }

    /// <summary>
    /// Optimizer steps after which every objective has seen, on average, each of its samples so many times; objectives without data do not count. 0 where
    /// none has any.
    /// </summary>
    public long Steps(LearningOptions learning, AvailableData available)
    {
        (double Weight, double Batches)[] usable =
        [
            .. from objective in Objectives
               let samples = available.Of(Facts(objective).Reads)
               where samples >= Facts(objective).SamplesMin && objective.Weight > 0
               select (objective.Weight / objective.Every, samples / (double)Math.Min(objective.BatchSize ?? learning.BatchSize, samples) / learning.AccumulationSteps),
        ];
        double weights = usable.Sum(one => one.Weight);
        return usable.Length == 0 ? 0 : (long)Math.Ceiling(Epochs * usable.Max(one => one.Batches * weights / one.Weight));
    }

    /// <summary>An entry that says nothing of knobs has those of section <c>learning</c>: nobody types them with <c>--stage</c>.</summary>
    private static ObjectiveOptions WithKnobs(ObjectiveOptions own, ObjectiveOptions[] usual) =>
        own.Knobs.Count == 0 && usual.FirstOrDefault(one => one.Name == own.Name) is { } same ? own with { Knobs = same.Knobs } : own;

    private static ObjectiveFacts Facts(ObjectiveOptions objective) => Check.NotNull(ObjectiveCatalog.Find(objective.Name), "options name known objectives");

    private static ObjectiveOptions ParseObjective(string one, string text)
    {
        string[] parts = one.Split('=', 2);
        double weight = 1;
        if (parts.Length == 2 && !double.TryParse(parts[1], NumberStyles.Float, CultureInfo.InvariantCulture, out weight))
            throw new FormatException($"'{text}': behind = stands an objective's weight");
        return new ObjectiveOptions { Name = parts[0].Trim(), Weight = weight };
    }
}
