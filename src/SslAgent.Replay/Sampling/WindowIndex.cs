using SslAgent.Domain;

namespace SslAgent.Replay;

/// <summary>
/// The windows of one shape that a cycle may draw. A window is drawn by its last frame, so that all that holds for samples holds for it: chance by key, the share of what is fresh, nothing
/// twice. Frames of sources beyond those that are told apart are in none. Immutable.
/// </summary>
internal sealed class WindowIndex
{
    private readonly WindowShape _shape;
    private readonly Timeline _frames, _texts;
    private readonly Dictionary<long, int> _places = [];

    public WindowIndex(TrainingIndex index, WindowShape shape)
    {
        _shape = shape;
        _frames = TimelineOf(index.Of(Modality.Frame));
        _texts = shape.WithTexts ? TimelineOf(index.Of(Modality.Text)) : new Timeline([]);
        foreach (int place in _frames.Ends(shape)) _places[_frames[place].Id] = place;
        Ends = index.Of(Modality.Frame).Where(frame => _places.ContainsKey(frame.Id));
    }

    /// <summary>The last frames of the windows, fresh and replayed.</summary>
    public ModalityIndex Ends { get; }

    /// <summary>A window's frames in order of time, each with the number of the text beside it.</summary>
    public IEnumerable<Drawable> Rows(Drawable end)
    {
        int[] places = Check.NotNull(_frames.WindowAt(_places[end.Id], _shape), "a window ends where one was found");
        return places.Select(place => _frames[place]).Select(frame => new Drawable(frame.Id, TextBeside(frame), frame.Source, frame.TimeMs));
    }

    private long TextBeside(TimedSample frame) => _shape.WithTexts ? _texts.LastBy(frame.Source, frame.TimeMs)?.Id ?? Drawable.NoText : frame.Id;

    private static Timeline TimelineOf(ModalityIndex index) =>
        new(index.Fresh.Concat(index.Replayed).Where(one => one.Source != 0).Select(one => new TimedSample(one.Id, one.Source, one.TimeMs)));
}
