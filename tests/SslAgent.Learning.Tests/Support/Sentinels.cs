using SslAgent.Domain;

namespace SslAgent.Learning.Tests.Support;

/// <summary>Two eras of numbered samples that no training view holds.</summary>
internal sealed class Sentinels : ISentinelSource
{
    private const int FirstNumber = 10_000, EraSamples = 20;

    public IReadOnlyList<Era> Eras { get; } = [new(0, "first", EraSamples, EraSamples, EraSamples), new(1, "second", EraSamples, EraSamples, EraSamples)];

    public Batch Read(int era, Modality modality, int countMax) =>
        Some.Batch(modality, FirstNumber + era * EraSamples, Math.Min(countMax, EraSamples));
}
