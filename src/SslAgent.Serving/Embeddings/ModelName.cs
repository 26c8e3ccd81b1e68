using SslAgent.Domain;

namespace SslAgent.Serving.Embeddings;

/// <summary>
/// The name of a model as clients write it: a vector kind, alone (<c>text</c>: whichever version is served) or with the one version that
/// may answer (<c>text@v12</c>: for whoever keeps an index of vectors and must not mix versions). Answers always carry the long form.
/// </summary>
internal readonly record struct ModelName(EmbeddingSpace Space, ModelVersion? Only)
{
    public static ModelName? Read(string name)
    {
        string kind = name;
        ModelVersion? only = null;
        int at = name.IndexOf('@', StringComparison.Ordinal);
        if (at >= 0)
        {
            kind = name[..at];
            if (!ModelVersion.TryParse(name[(at + 1)..], out ModelVersion version)) return null;
            only = version;
        }

        foreach (EmbeddingSpace space in Enum.GetValues<EmbeddingSpace>())
        {
            if (kind == ServingMetrics.NameOf(space)) return new ModelName(space, only);
        }

        return null;
    }

    public override string ToString() => Only is { } version ? $"{ServingMetrics.NameOf(Space)}@{version}" : ServingMetrics.NameOf(Space);
}
