namespace Broker.Server.Network;

/// <summary>A binary heap of deadlines, each of which knows its place. Guarded by its owner's lock.</summary>
internal sealed class DeadlineHeap
{
    private readonly List<Deadline> _heap = [];

    /// <summary>The one that is due first; null if none waits.</summary>
    public Deadline? First => _heap.Count > 0 ? _heap[0] : null;

    public void Add(Deadline deadline, long due)
    {
        if (deadline.Place >= 0)
            throw new InvalidOperationException("The deadline waits already.");

        deadline.Due = due;
        _heap.Add(deadline);
        Rise(deadline, _heap.Count - 1);
    }

    public bool Remove(Deadline deadline)
    {
        int place = deadline.Place;
        if (place < 0)
            return false;

        Deadline last = _heap[^1];
        _heap.RemoveAt(_heap.Count - 1);
        deadline.Place = -1;
        if (last != deadline)
        {
            Sink(last, place);
            Rise(last, last.Place);
        }

        return true;
    }

    private void Rise(Deadline deadline, int place)
    {
        while (place > 0 && _heap[(place - 1) / 2] is var parent && parent.Due > deadline.Due)
        {
            Put(parent, place);
            place = (place - 1) / 2;
        }

        Put(deadline, place);
    }

    private void Sink(Deadline deadline, int place)
    {
        while (true)
        {
            int child = (2 * place) + 1;
            if (child + 1 < _heap.Count && _heap[child + 1].Due < _heap[child].Due)
                child++;

            if (child >= _heap.Count || _heap[child].Due >= deadline.Due)
                break;

            Put(_heap[child], place);
            place = child;
        }

        Put(deadline, place);
    }

    private void Put(Deadline deadline, int place)
    {
        _heap[place] = deadline;
        deadline.Place = place;
    }
}
