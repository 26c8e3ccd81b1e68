namespace SslAgent.Learning.Objectives;

/// <summary>Names of the objectives, as options, plans, reports and stored weights spell them.</summary>
public static class ObjectiveNames
{
    public const string Mae = "mae", Mlm = "mlm", Clip = "clip";

    public static IReadOnlyList<string> All { get; } = [Mae, Mlm, Clip];
}
