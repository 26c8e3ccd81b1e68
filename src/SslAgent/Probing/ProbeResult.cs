using System.Text.Json.Serialization;

namespace SslAgent.Probing;

/// <summary>What <c>sslagent probe</c> found. Shares are between 0 and 1; what was not measured is null.</summary>
/// <param name="Version">The version that was asked.</param>
/// <param name="Space">Which of its vectors.</param>
/// <param name="Width">Numbers in a vector.</param>
/// <param name="Train">Labelled items that probes were fitted to.</param>
/// <param name="Test">Labelled items that were asked about.</param>
/// <param name="Refused">Items left out: not decodable, without a label, or of a class that the others lack.</param>
/// <param name="Features">What the version's vectors are worth.</param>
/// <param name="Untrained">The same of the same network's first weights; null for texts.</param>
/// <param name="FineTuned">Share of right answers of the whole network trained on all labels, from the version's weights and from first weights.</param>
/// <param name="FewShot">The same with few labels.</param>
internal sealed record ProbeResult(
    string Data, string Version, string Space, int Width, int Classes, int Train, int Test, int Refused, FeatureWorth Features, FeatureWorth? Untrained,
    StartWorth? FineTuned, IReadOnlyList<ShotWorth> FewShot);

/// <summary>What vectors are worth without changing the network.</summary>
/// <param name="Linear">Right answers of a linear probe.</param>
/// <param name="Neighbours">Right answers of the five nearest by cosine.</param>
/// <param name="PrecisionAt1">Test items whose nearest other test item is of their class.</param>
/// <param name="RPrecision">Share of a class among as many nearest as the class has members, mean.</param>
/// <param name="Clusters">Normalised mutual information of classes and as many k-means clusters.</param>
internal sealed record FeatureWorth(double Linear, double Neighbours, double PrecisionAt1, double RPrecision, double Clusters);

/// <summary>Share of right answers after the same training with labels.</summary>
internal sealed record StartWorth(double Pretrained, double FromScratch);

/// <param name="Shots">Labels of each class.</param>
/// <param name="Linear">Right answers of a linear probe, mean over the draws.</param>
/// <param name="Deviation">Its standard deviation over the draws.</param>
/// <param name="FineTuned">Right answers of the whole network, trained on the first draw; null where that was not asked for.</param>
internal sealed record ShotWorth(int Shots, double Linear, double Deviation, StartWorth? FineTuned);

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ProbeResult))]
internal sealed partial class ProbeJson : JsonSerializerContext;
