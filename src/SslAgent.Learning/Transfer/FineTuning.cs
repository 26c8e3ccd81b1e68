namespace SslAgent.Learning.Transfer;

/// <summary>How a classifier is trained. The same for pretrained and for first weights, so that only those differ.</summary>
/// <param name="Steps">Optimizer steps.</param>
/// <param name="BatchSize">Frames a step, at most; fewer where there are fewer.</param>
/// <param name="LearningRate">AdamW's after warm-up.</param>
/// <param name="WeightDecay">AdamW's decoupled decay of matrices.</param>
/// <param name="CropAreaMin">Smallest share of a frame that a random crop keeps; frames are mirrored at random too.</param>
public sealed record FineTuning(int Steps, int BatchSize = 64, double LearningRate = 5e-4, double WeightDecay = 0.05, double CropAreaMin = 0.5)
{
    /// <summary>Steps over which the step size rises from 0, counted from the classifier's first.</summary>
    public int WarmupSteps { get; init; } = Math.Max(1, Steps / 10);
}
