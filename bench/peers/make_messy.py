"""Tables as people have them, made from random numbers, each in two forms: as a program or a person wrote it, and as a careful analyst
would hand it on. glia reads the first, scikit-learn is given the second (bench/quality).

    write(name, seed)    train.csv, test.csv and clean-train.csv, clean-test.csv in this folder; three quarters of the rows train

The target is the last column and is called y in both forms.
"""
import datetime
import math
import random

ROWS = 1200


def bern(r, logit):
    return r.random() < 1 / (1 + math.exp(-logit))


def check_boxes(r):
    """Boxes that are ticked (x) or empty; a tick says something."""
    for _ in range(ROWS):
        boxes = [r.random() < p for p in (0.3, 0.1, 0.5)]
        age = r.gauss(50, 12)
        y = "ill" if bern(r, 2.5 * boxes[0] + 2 * boxes[1] - boxes[2] + (age - 50) / 12 - 0.8) else "well"
        yield ["%.0f" % age] + ["x" if b else "" for b in boxes] + [y], ["%.0f" % age] + ["yes" if b else "no" for b in boxes] + [y]


def prices_as_shown(r):
    """Numbers as a sheet shows them: currency, groups of thousands, percent, N/A."""
    for _ in range(ROWS):
        size, rate, floor = r.uniform(30, 180), r.uniform(0.01, 0.09), r.randrange(12)
        price = 3000 * size * (1 + 0.02 * floor) * (1.3 - 4 * rate) * math.exp(r.gauss(0, 0.06))
        gap = r.random() < 0.06
        yield (["%.1f" % size, "N/A" if gap else "%.2f%%" % (100 * rate), str(floor), "$1,%03d.50" % r.randrange(1000), "$" + format(price, ",.2f")],
               ["%.1f" % size, "" if gap else "%.6f" % rate, str(floor), "0", "%.2f" % price])


def shuffled_index(r):
    """DataFrame.to_csv of a shuffled frame that was once sorted by class: the index has no name and says nothing of new rows."""
    rows = []
    for _ in range(ROWS):
        a, b, c = (r.gauss(0, 1) for _ in range(3))
        rows.append((["%.4f" % v for v in (a, b, c)], "yes" if bern(r, 1.5 * a * b + c) else "no"))
    rows.sort(key=lambda row: row[1])
    numbered = list(enumerate(rows))
    r.shuffle(numbered)
    for place, (cells, y) in numbered:
        yield [str(place)] + cells + [y], cells + [y]


def german_export(r):
    """Semicolons, decimal commas, points between thousands."""
    def german(v, digits):
        return format(v, ",.%df" % digits).translate(str.maketrans(",.", ".,"))
    for _ in range(ROWS):
        km, year, hp = r.uniform(1000, 250000), r.randrange(2000, 2024), r.uniform(50, 300)
        price = (80 * hp + 600 * (year - 1998)) * math.exp(-km / 200000) * math.exp(r.gauss(0, 0.08))
        yield ([german(km, 0), str(year), german(hp, 1), german(price, 2)], ["%.0f" % km, str(year), "%.1f" % hp, "%.2f" % price])


def dates(r):
    """A day as a text; sales have a trend, a season and weekends."""
    for _ in range(ROWS):
        day = datetime.date(2019, 1, 1) + datetime.timedelta(days=r.randrange(1500))
        promo = r.random() < 0.2
        elapsed = (day - datetime.date(2019, 1, 1)).days
        sales = 200 + 0.1 * elapsed + 60 * math.cos(2 * math.pi * (day.month - 7) / 12) + 50 * (day.weekday() >= 5) + 40 * promo + r.gauss(0, 12)
        yield ([day.isoformat(), "yes" if promo else "no", "%.2f" % sales],
               [str(day.year), str(day.month), str(day.weekday()), str(elapsed), "yes" if promo else "no", "%.2f" % sales])


def many_shops(r):
    """A category of 400 texts, some of them rare, that tells most."""
    effect = [r.gauss(0, 1.5) for _ in range(400)]
    for _ in range(4 * ROWS):
        shop = min(int(r.expovariate(1 / 70)), 399)
        x = r.gauss(0, 1)
        y = "late" if bern(r, effect[shop] + x) else "in time"
        yield (["shop %03d" % shop, "%.3f" % x, y],) * 2


def coded_classes(r):
    """Class numbers with gaps."""
    for _ in range(ROWS):
        a, b = r.gauss(0, 1), r.gauss(0, 1)
        y = ("10", "20", "40", "90")[2 * bern(r, 3 * a) + bern(r, 3 * b - a)]
        cells = ["%.3f" % a, "%.3f" % b]
        yield cells + [y], cells + ["class " + y]


def telling_gaps(r):
    """Where a value is not known says as much as the value: those who did not answer."""
    for _ in range(ROWS):
        income, age = r.gauss(40, 10), r.gauss(45, 12)
        silent = r.random() < 0.35
        y = "pays" if bern(r, (income - 40) / 8 + (age - 45) / 20 - 2.5 * silent + 1) else "owes"
        yield (["" if silent else "%.1f" % income, "%.0f" % age, y],
               ["" if silent else "%.1f" % income, "yes" if silent else "no", "%.0f" % age, y])


TABLES = {  # name: rows, header as written, delimiter, header as cleaned
    "check boxes": (check_boxes, "age,smoker,diabetic,sport,y", ",", "age,smoker,diabetic,sport,y"),
    "prices as shown": (prices_as_shown, "size,rate,floor,fee,y", ",", "size,rate,floor,constant,y"),
    "shuffled index": (shuffled_index, ",a,b,c,y", ",", "a,b,c,y"),
    "German export": (german_export, "km;Baujahr;PS;y", ";", "km,year,hp,y"),
    "dates": (dates, "day,promo,y", ",", "year,month,weekday,elapsed,promo,y"),
    "400 shops": (many_shops, "shop,x,y", ",", "shop,x,y"),
    "coded classes": (coded_classes, "a,b,y", ",", "a,b,y"),
    "telling gaps": (telling_gaps, "income,age,y", ",", "income,silent,age,y"),
}


def quoted(cell, delimiter):
    return '"%s"' % cell if delimiter in cell else cell


def write(name, seed):
    rows, header, delimiter, clean_header = TABLES[name]
    both = list(rows(random.Random(seed)))
    train = len(both) * 3 // 4
    for part, some in (("train.csv", both[:train]), ("test.csv", both[train:])):
        for form, head, sign in ((0, header, delimiter), (1, clean_header, ",")):
            with open(("", "clean-")[form] + part, "w") as f:
                f.write(head + "\n")
                f.writelines(sign.join(quoted(cell, sign) for cell in row[form]) + "\n" for row in some)
