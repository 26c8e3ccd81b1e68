using SslAgent.Learning.Planning;

namespace SslAgent.Learning.Objectives;

/// <summary>What an objective's knobs are set to. What is not set is as the objective has it by default. Immutable.</summary>
internal sealed class KnobValues(IReadOnlyDictionary<string, double> values)
{
    public static KnobValues None { get; } = new(new Dictionary<string, double>());

    public double this[Knob knob] => Find(knob) ?? knob.Default;

    /// <summary>The value where it is set.</summary>
    public double? Find(Knob knob) => values.TryGetValue(knob.Name, out double value) ? value : null;

    public int Whole(Knob knob) => (int)this[knob];

    /// <summary>A count, or what it is by default under this shape.</summary>
    public int Whole(Knob knob, int otherwise) => (int)(Find(knob) ?? otherwise);

    /// <summary>What the plan has for an objective; nothing where it does not train it, or is from before there were knobs.</summary>
    public static KnobValues Of(string objective, LearnerPlan plan) =>
        plan.Objectives.FirstOrDefault(planned => planned.Name == objective)?.Knobs is { } set ? new KnobValues(set) : None;

    /// <summary>Every knob's value under a plan, in the order in which they are declared: what a plan records.</summary>
    public IReadOnlyDictionary<string, double> Resolve(IReadOnlyList<Knob> knobs, LearnerPlan plan)
    {
        var all = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (Knob knob in knobs) all.Add(knob.Name, Find(knob) ?? knob.DefaultOf?.Invoke(plan) ?? knob.Default);
        return all;
    }
}
