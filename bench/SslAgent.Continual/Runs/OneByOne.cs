using SslAgent.Domain;

namespace SslAgent.Continual.Runs;

/// <summary>Held-out samples as eras of one, so that a probe gives the loss of each. Contrastive losses need company and are not asked for.</summary>
internal sealed class OneByOne : ISentinelSource
{
    /// <summary>Sentinels of an era, spread evenly: one by one they cost many times what they cost together.</summary>
    private const int EachEraMax = 24;

    private readonly List<Batch> _items = [];

    public OneByOne(ISentinelSource all)
    {
        foreach (Era era in all.Eras)
        {
            foreach (Modality modality in (ReadOnlySpan<Modality>)[Modality.Frame, Modality.Text])
            {
                Batch batch = all.Read(era.Number, modality, EachEraMax);
                for (int row = 0; row < batch.Count; row++)
                {
                    _items.Add(new Batch(
                        modality, [batch.Ids[row]], modality == Modality.Frame ? [batch.Frames[row]] : [], modality == Modality.Text ? [batch.Texts[row]] : []));
                }
            }
        }

        Eras = [.. _items.Select((item, place) => new Era(place, "", item.Frames.Count, item.Texts.Count, 0))];
    }

    public IReadOnlyList<Era> Eras { get; }

    public Batch Read(int era, Modality modality, int countMax) => _items[era].Modality == modality ? _items[era] : new Batch(modality, [], [], []);
}
