namespace SslAgent.Learning.Heads;

/// <summary>What stands between a head's linear layers.</summary>
internal enum MlpHidden
{
    /// <summary>Normalisation over the batch, then a rectifier: SimCLR and most after it.</summary>
    NormalizedRelu = 0,

    /// <summary>A rectifier alone: MoCo v2, where a batch's keys must not tell of each other.</summary>
    Relu = 1,

    /// <summary>Normalisation over the batch, then a Gaussian error linear unit: DINO's.</summary>
    NormalizedGelu = 2,
}
