using SslAgent.Domain;

namespace SslAgent.Pipeline;

/// <summary>Means over the eras of a probe, each sentinel counting the same.</summary>
internal static class HeldOutLosses
{
    public static IReadOnlyDictionary<string, double> Mean(ProbeReport probe) => Mean(probe, era => era.Loss);

    public static IReadOnlyDictionary<string, double> MeanTrivial(ProbeReport probe) => Mean(probe, era => era.TrivialLoss);

    private static Dictionary<string, double> Mean(ProbeReport probe, Func<EraProbe, double> value) =>
        (from era in probe.Eras
         where double.IsFinite(value(era)) && era.Count > 0
         group era by era.Objective into objective
         select (objective.Key, Value: objective.Sum(era => value(era) * era.Count) / objective.Sum(era => era.Count)))
        .ToDictionary(mean => mean.Key, mean => mean.Value);
}
