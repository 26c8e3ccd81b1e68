namespace SslAgent.Continual.Runs;

/// <summary>Which run: also its file's name.</summary>
/// <param name="Share">Percent of the stream that the buffer holds; 0 where the method has none.</param>
internal readonly record struct RunKey(string Stream, string Method, int Share, int Seed)
{
    public string FileName => $"{Stream}.{Method}.{Share}.{Seed}.json";

    public override string ToString() => Share == 0 ? $"{Stream} {Method} seed {Seed}" : $"{Stream} {Method} {Share}% seed {Seed}";
}
